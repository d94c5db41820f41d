// Says what GitHub's language service has against the files it is given: their lines, and exit code 1.
import { readFileSync } from "node:fs";
import { validate } from "@actions/languageservice";
import { TextDocument } from "vscode-languageserver-textdocument";

async function main() {
  for (const file of process.argv.slice(2)) {
    // it tells an action from a workflow by the name
    const uri = "file:///" + (file.endsWith("action.yml") ? "action.yml" : ".github/workflows/x.yml");
    for (const found of await validate(TextDocument.create(uri, "yaml", 1, readFileSync(file, "utf8")), {})) {
      console.log(`${file}:${found.range.start.line + 1}:${found.range.start.character + 1}: ${found.message}`);
      process.exitCode = 1;
    }
  }
}

main();
