import pc from 'picocolors';

const INDENT = '    ';

/** What the demo shows: numbered steps, the commands of each as a user would type them, and what came of them. */
export class Terminal {
  private readonly steps: { readonly title: string; readonly since: number; seconds: number }[] = [];
  private transient = false;

  constructor(private readonly stream: NodeJS.WriteStream = process.stdout) {}

  heading(text: string): void {
    this.line(`\n${pc.bold(text)}`);
  }

  /** Begins a step, which ends with the next one. */
  step(title: string): void {
    this.endStep();
    this.steps.push({ title, since: Date.now(), seconds: 0 });
    this.line(`\n${pc.bold(`${String(this.steps.length).padStart(2)}  ${title}`)}`);
  }

  /** Something to know. */
  say(text: string): void {
    this.indented(text, pc.dim);
  }

  /** A command line. */
  command(text: string): void {
    this.indented(`$ ${text}`, pc.cyan);
  }

  /** What a command printed, or a digest of it. */
  output(text: string): void {
    this.indented(text, plain => plain);
  }

  /** Something that was checked and holds. */
  holds(text: string): void {
    this.indented(`✔ ${text}`, pc.green);
  }

  /** What goes on meanwhile: one line that gives way to the next on a terminal, lines elsewhere. */
  progress(text: string): void {
    if (!this.stream.isTTY) return this.say(text);
    this.clear();
    this.stream.write(`${INDENT}${pc.dim(text.slice(0, Math.max(0, (this.stream.columns || 80) - INDENT.length - 1)))}`);
    this.transient = true;
  }

  /** Counts the seconds until it is called off, so that a person who watches knows that it goes on. */
  wait(): () => void {
    if (!this.stream.isTTY) return () => {};
    const since = Date.now();
    const ticking = setInterval(() => this.progress(`… ${Math.round((Date.now() - since) / 1000)} s`), 1000);
    return () => clearInterval(ticking);
  }

  failed(text: string): void {
    this.line(`\n${pc.red(`✘ ${text}`)}`);
  }

  /** The steps with their seconds. */
  summary(): void {
    this.endStep();
    const total = this.steps.reduce((sum, step) => sum + step.seconds, 0);
    const width = Math.max(...this.steps.map(step => step.title.length));
    const row = (title: string, seconds: number) => `${INDENT}${title.padEnd(width)} ${seconds.toFixed(1).padStart(7)} s`;
    this.line('');
    this.steps.forEach(step => this.line(row(step.title, step.seconds)));
    this.line(pc.bold(row('in all', total)));
  }

  private endStep(): void {
    const last = this.steps.at(-1);
    if (last && last.seconds === 0) last.seconds = (Date.now() - last.since) / 1000;
  }

  private indented(text: string, paint: (line: string) => string): void {
    text.trimEnd().split('\n').forEach(line => this.line(line ? `${INDENT}${paint(line)}` : ''));
  }

  private line(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  private clear(): void {
    if (this.transient) this.stream.write('\r\x1b[2K');
    this.transient = false;
  }
}

/** Rows as aligned columns. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  return rows.map(row => row.map((cell, column) => cell.padEnd(widths[column])).join('   ').trimEnd()).join('\n');
}
