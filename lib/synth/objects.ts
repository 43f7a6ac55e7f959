import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Origin, Problem } from './problem';
import { isBuiltInGroup } from './scope';
import { AnyApplication } from '../model/application';
import { isMap } from '../model/values';
import { groupOf, Manifest } from '../tree/manifest';

/** An object that an application rendered for a cluster. */
export interface RenderedObject {
  readonly origin: Origin;
  /** Absent for an object of a source. */
  readonly construct?: ApiObject;
  manifest: Manifest;
}

/** All constructs of a rendering, parents before their children, in the order they were created. */
export function constructsIn(root: IConstruct): IConstruct[] {
  const found: IConstruct[] = [root];
  for (let i = 0; i < found.length; i++) {
    found.push(...found[i].node.children);
  }
  return found;
}

/** The objects among the constructs of a rendering as plain data; lists are taken apart. */
export function objectsOf(application: AnyApplication, constructs: readonly IConstruct[], problems: Problem[]): RenderedObject[] {
  const objects: RenderedObject[] = [];
  for (const construct of constructs) {
    if (!ApiObject.isApiObject(construct)) {
      continue;
    }
    const origin: Origin = { application, path: construct.node.path };
    try {
      // Objects of generated classes override toJson; nothing else knows how their props become a manifest.
      const json: unknown = construct.toJson();
      for (const manifest of takeApart(nullItems(json))) {
        if (isMap(manifest)) {
          objects.push({ origin, construct, manifest: manifest as Manifest });
        } else {
          problems.push({
            code: 'FLT2013',
            application,
            origin,
            what: `${construct.node.path} becomes ${JSON.stringify(manifest) ?? 'nothing'} and no object`,
            fix: 'give it an apiVersion, a kind and a metadata',
          });
        }
      }
    } catch (error) {
      problems.push({
        code: 'FLT2011',
        application,
        origin,
        cause: error,
        what: `${construct.kind} '${construct.name}' cannot be turned into a manifest`,
        fix: 'look at the values of the object, and at what its Lazy values produce',
      });
    }
  }
  return objects;
}

/** cdk8s makes the nulls in a list undefined, which no document can hold. Those of maps it leaves out. */
function nullItems(json: unknown): unknown {
  if (Array.isArray(json)) {
    for (let i = 0; i < json.length; i++) {
      if (json[i] === undefined) {
        json[i] = null;
      } else {
        nullItems(json[i]);
      }
    }
  } else if (typeof json === 'object' && json !== null) {
    Object.values(json).forEach(nullItems);
  }
  return json;
}

/** The items of a `List`, or of a typed one such as `ConfigMapList`; anything else is itself. */
function takeApart(json: unknown): unknown[] {
  if (!isMap(json) || !isList(json)) {
    return [json];
  }
  const { apiVersion, kind, items, metadata } = json;
  const itemKind = kind === 'List' ? undefined : kind.slice(0, -'List'.length);
  return items.flatMap(item => takeApart(!isMap(item) ? item : {
    ...(itemKind ? { apiVersion, kind: itemKind } : {}),
    ...item,
    metadata: {
      // cdk8s gave the list the namespace of the chart, and meant its items.
      ...(metadata?.namespace !== undefined ? { namespace: metadata.namespace } : {}),
      ...(isMap(item.metadata) ? item.metadata : {}),
    },
  }));
}

interface List {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly unknown[];
  readonly metadata?: { readonly namespace?: unknown };
}

function isList(json: Record<string, unknown>): json is Record<string, unknown> & List {
  const { apiVersion, kind, items } = json;
  // A custom kind may be called AllowList and have items of its own.
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) && typeof apiVersion === 'string' && isBuiltInGroup(groupOf(apiVersion));
}
