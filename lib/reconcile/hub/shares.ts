import { createHash } from 'node:crypto';

export interface ShareView {
  /** Our own name as a holder. */
  readonly me: string;
  /** All that live, ourselves among them. */
  readonly members: readonly string[];
  /** Clusters that are to be worked on. */
  readonly clusters: readonly string[];
  /** Who has a cluster: only members that live. A cluster that is not in it is free. */
  readonly holders: ReadonlyMap<string, string>;
  /** Free for so long that whoever should take it does not. */
  readonly overdue: ReadonlySet<string>;
  /** Clusters of ours that are not given away to make shares even. */
  readonly sticky: ReadonlySet<string>;
}

export interface Shares {
  /** Free clusters for us to take. */
  readonly take: readonly string[];
  /** Clusters of ours that are more than our share. */
  readonly give: readonly string[];
}

/**
 * What we take and what we give so that in the end each member has as many clusters as any other, give or take one.
 *
 * Members who see the same decide the same, each for itself. Nothing moves but what is free or more than a share: when a member joins or leaves, that is the
 * least that can.
 */
export function shareOut(view: ShareView): Shares {
  const { me, clusters, holders, overdue, sticky } = view;
  const counts = new Map(view.members.map(member => [member, 0]));
  for (const cluster of clusters) {
    const holder = holders.get(cluster);
    if (holder !== undefined && counts.has(holder)) counts.set(holder, counts.get(holder)! + 1);
  }
  const quotas = quotasOf(counts, clusters.length);
  const room = new Map([...quotas].map(([member, quota]) => [member, quota - counts.get(member)!]));
  const free = clusters.filter(cluster => !holders.has(cluster)).sort();
  const take = free.filter(cluster => overdue.has(cluster) || tryAssign(cluster, room) === me);

  const mine = clusters.filter(cluster => holders.get(cluster) === me);
  const loose = mine.filter(cluster => !sticky.has(cluster)).sort((a, b) => scoreOf(a, me) - scoreOf(b, me));
  const surplus = Math.max(0, mine.length - (quotas.get(me) ?? 0) - (mine.length - loose.length));
  return { take, give: loose.slice(0, surplus) };
}

/** A share for each. Those who have most keep what does not divide evenly: it need not move. */
function quotasOf(counts: ReadonlyMap<string, number>, clusters: number): Map<string, number> {
  const members = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  const base = Math.floor(clusters / members.length);
  return new Map(members.map((member, index) => [member, base + (index < clusters % members.length ? 1 : 0)]));
}

/** Rendezvous hashing among those with room: the same cluster comes back to the same member, and two that look at the same time want different ones. */
function tryAssign(cluster: string, room: Map<string, number>): string | undefined {
  const [best] = [...room].filter(([, left]) => left > 0).map(([member]) => member).sort((a, b) => scoreOf(cluster, b) - scoreOf(cluster, a));
  if (best !== undefined) room.set(best, room.get(best)! - 1);
  return best;
}

function scoreOf(cluster: string, member: string): number {
  return createHash('sha256').update(JSON.stringify([cluster, member])).digest().readUIntBE(0, 6);
}
