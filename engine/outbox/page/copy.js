// A button copies what it stands beside, to the letter.
(function () {
  var status = document.getElementById("said");
  function tell(button, words) {
    var was = button.textContent;
    if (button.dataset.was === undefined) button.dataset.was = was;
    button.textContent = status.textContent = words;
    clearTimeout(Number(button.dataset.timer));
    button.dataset.timer = setTimeout(function () { button.textContent = button.dataset.was; status.textContent = ""; }, 2000);
  }
  function byHand(button, from) {
    var range = document.createRange();
    range.selectNodeContents(from);
    var selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    tell(button, status.dataset.manual);
  }
  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    var from = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", function () {
      if (!navigator.clipboard) return byHand(button, from);
      navigator.clipboard.writeText(from.textContent).then(
        function () { tell(button, status.dataset.copied); },
        function () { byHand(button, from); });
    });
  });
})();
