import type { Json } from '../json';
import type { StatusCause } from '../status-error';

/** What is wrong with the fields of an object, in the words of an API server. A path is `spec.containers[0].name`. */
export class FieldProblems {
  readonly causes: StatusCause[] = [];

  public required(field: string, detail = ''): void {
    this.add('FieldValueRequired', field, 'Required value', detail);
  }

  public invalid(field: string, value: Json | undefined, detail = ''): void {
    this.add('FieldValueInvalid', field, `Invalid value: ${quote(value)}`, detail);
  }

  /** Of a value that is not shown. */
  public refused(field: string, detail: string): void {
    this.add('FieldValueInvalid', field, 'Invalid value', detail);
  }

  public notSupported(field: string, value: Json | undefined, supported: readonly string[]): void {
    this.add('FieldValueNotSupported', field, `Unsupported value: ${quote(value)}`, `supported values: ${supported.map(item => JSON.stringify(item)).join(', ')}`);
  }

  public duplicate(field: string, value: Json | undefined): void {
    this.add('FieldValueDuplicate', field, `Duplicate value: ${quote(value)}`, '');
  }

  public notFound(field: string, value: Json | undefined): void {
    this.add('FieldValueNotFound', field, `Not found: ${quote(value)}`, '');
  }

  public forbidden(field: string, detail: string): void {
    this.add('FieldValueForbidden', field, 'Forbidden', detail);
  }

  public tooLong(field: string, bytes: number): void {
    this.add('FieldValueTooLong', field, 'Too long', `may not be more than ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`);
  }

  public tooMany(field: string, count: number, most: number): void {
    this.add('FieldValueTooMany', field, `Too many: ${count}`, `must have at most ${most} ${most === 1 ? 'item' : 'items'}`);
  }

  public typeInvalid(field: string, value: Json | undefined, detail: string): void {
    this.add('FieldValueTypeInvalid', field, `Invalid value: ${quote(value)}`, detail);
  }

  /** Each of these messages, about the same value. */
  public eachInvalid(field: string, value: Json | undefined, details: readonly string[]): void {
    for (const detail of details) this.invalid(field, value, detail);
  }

  public oneOf(field: string, value: Json | undefined, supported: readonly string[]): void {
    if (typeof value !== 'string' || !supported.includes(value)) this.notSupported(field, value ?? '', supported);
  }

  public notNegative(field: string, value: Json | undefined): void {
    if (typeof value === 'number' && value < 0) this.invalid(field, value, 'must be greater than or equal to 0');
  }

  public inRange(field: string, value: Json | undefined, least: number, most: number): void {
    if (typeof value === 'number' && (value < least || value > most)) this.invalid(field, value, `must be between ${least} and ${most}, inclusive`);
  }

  private add(reason: string, field: string, what: string, detail: string): void {
    this.causes.push({ reason, message: detail ? `${what}: ${detail}` : what, field });
  }
}

function quote(value: Json | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}
