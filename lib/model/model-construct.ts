import { Construct } from 'constructs';
import { FlotillaError } from '../errors';
import { rememberCallSite } from './call-site';
import { describeNameRule, isDnsLabel } from './dns-label';

/** What all constructs of the model have in common: a checked name, and the line of the user's program that created them. */
export abstract class ModelConstruct extends Construct {
  private readonly site: () => string | undefined;

  /**
   * @param what What is named, for messages: `cluster`.
   * @throws FLT1001 for a name that is not a DNS label, FLT1002 for one that its scope already has.
   */
  protected constructor(scope: Construct | undefined, id: string, what: string) {
    const site = rememberCallSite();
    if (!isDnsLabel(id)) {
      throw new FlotillaError('FLT1001', {
        what: `the ${what} name ${JSON.stringify(id)} is not a DNS label`,
        where: { construct: scope?.node.path, source: site() },
        fix: `use ${describeNameRule}`,
      });
    }
    const taken = scope?.node.tryFindChild(id);
    if (taken) {
      throw new FlotillaError('FLT1002', {
        what: `the ${what} '${id}' cannot be added to '${scope?.node.path}', which already has a construct of this name${siteOf(taken)}`,
        where: { construct: `${scope?.node.path}/${id}`, source: site() },
        fix: 'give one of them another name, or create it once',
      });
    }
    // A root has no scope; the type of the parameter does not say so.
    super(scope as Construct, id);
    this.site = site;
  }

  /** The line of the program that created the construct, as `fleet.ts:12:3` relative to the working directory; absent where the stack does not tell. */
  public get source(): string | undefined {
    return this.site();
  }
}

function siteOf(construct: unknown): string {
  return construct instanceof ModelConstruct && construct.source ? ` (${construct.source})` : '';
}
