/** Fields that stand at a place of their own in a line of text. */
const PLACED = new Set(['time', 'level', 'msg', 'cluster', 'application']);

/** A line of JSON as a line for people: `15:04:05 WARN  prod/web  message  key=value …` */
export function formatText(json: string): string {
  const record = JSON.parse(json) as Record<string, unknown>;
  const { time, level, msg, cluster, application } = record;
  const rest = Object.entries(record).filter(([key]) => !PLACED.has(key)).map(([key, value]) => `${key}=${quote(plain(String(value)))}`);
  const place = [cluster, application].filter(part => part !== undefined).join('/');
  const parts = [`${String(time).slice(11, 19)} ${String(level).toUpperCase().padEnd(5)}`, plain(place), plain(String(msg)), rest.join(' ')];
  return `${parts.filter(part => part !== '').join('  ')}\n`;
}

/** What servers and commits say may hold line ends and the codes that steer a terminal: they are written out. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, char => char === '\n' ? '\\n' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function quote(text: string): string {
  return /[\s"=]|^$/.test(text) ? `"${text.replace(/["\\]/g, char => char === '"' ? '\\"' : char)}"` : text;
}
