// Says which days date-holidays knows in the countries that engine/observance has lists of, one line of JSON a day.
import Holidays from 'date-holidays';

const lists = {
  fr: ['FR'],
  'fr-alsace-moselle': ['FR', '57'],
  mu: ['MU'],
  us: ['US'],
  uk: ['GB', 'ENG'],
  'uk-scotland': ['GB', 'SCT'],
  'uk-northern-ireland': ['GB', 'NIR'],
  eu: ['GR'], // of which Orthodox Easter is wanted: there is no list of the Union
};

for (const [list, place] of Object.entries(lists)) {
  const days = new Holidays(...place, { languages: ['en'] });
  for (let year = 1990; year <= 2050; year++) {
    for (const { date, name, type, substitute = false } of days.getHolidays(year, 'en')) {
      process.stdout.write(`${JSON.stringify({ list, date: date.slice(0, 10), name, type, substitute })}\n`);
    }
  }
}
