import { Construct, IConstruct } from 'constructs';
import { ClusterFacts, targetOf } from './placement';
import { FindSite } from './problem';
import { isPromise, renderTarget } from './render';
import { overlaysFor, valuesFor } from './values';
import { AnyApplication } from '../model/application';
import { rememberCallSite } from '../model/call-site';

/**
 * Finds the lines of the program that created rendered constructs.
 *
 * Nothing is recorded while all goes well. When an error asks, its target is rendered once more and each construct
 * remembers where it is created.
 */
export function siteFinder(factsOf: (cluster: string) => ClusterFacts | undefined): FindSite {
  const known = new Map<AnyApplication, Map<string, ReadonlyMap<string, () => string | undefined>>>();
  return ({ application, path }, cluster) => {
    const byCluster = known.get(application) ?? new Map<string, ReadonlyMap<string, () => string | undefined>>();
    known.set(application, byCluster);
    let sites = byCluster.get(cluster);
    if (!sites) {
      const facts = factsOf(cluster);
      sites = facts ? recordSites(application, facts) : new Map();
      byCluster.set(cluster, sites);
    }
    return sites.get(path)?.();
  };
}

/** Renders a target and tells for the path of each construct where it was created. */
export function recordSites(application: AnyApplication, facts: ClusterFacts): Map<string, () => string | undefined> {
  const sites = new Map<string, () => string | undefined>();
  const values = valuesFor(application, overlaysFor(application, facts));
  const { returned } = renderTarget(application, values, targetOf(application, facts), root => watch(root, sites));
  if (isPromise(returned)) {
    returned.then(undefined, () => {});
  }
  return sites;
}

/** What a node does when a construct is created below it. Not public; where it is missing, sites are unknown and nothing else is. */
interface ParentNode {
  addChild?: (child: Construct, id: string) => void;
}

function watch(parent: IConstruct, sites: Map<string, () => string | undefined>): void {
  const node = parent.node as unknown as ParentNode;
  const addChild = node.addChild;
  if (!addChild) {
    return;
  }
  node.addChild = (child, id) => {
    addChild.call(node, child, id);
    sites.set(parent.node.path === '' ? id : `${parent.node.path}/${id}`, rememberCallSite());
    // The child's own node is about to be made and assigned; there is no later moment before its children are created.
    Object.defineProperty(child, 'node', {
      configurable: true,
      set: (value: unknown) => {
        Object.defineProperty(child, 'node', { value, configurable: true, enumerable: true, writable: true });
        watch(child, sites);
      },
    });
  };
}
