import { Agenda, type Clock } from '../../../lib/sandbox/control/clock';

/** A time that stands still until it is turned. */
export class ManualClock implements Clock {
  private readonly agenda = new Agenda();

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  at(time: number, task: () => void): () => void {
    return this.agenda.add(time, task);
  }

  /** Turns it to the next task and runs it. @returns whether there was one */
  turnToNext(): boolean {
    const next = this.agenda.next();
    if (next === undefined) return false;
    this.time = Math.max(this.time, next);
    this.agenda.take().task?.();
    return true;
  }

  /** Turns it by so many ms, and runs what comes due on the way. */
  turn(ms: number): void {
    const end = this.time + ms;
    for (let next = this.agenda.next(); next !== undefined && next <= end; next = this.agenda.next()) this.turnToNext();
    this.time = end;
  }
}
