import { Cluster, Environment } from 'cdk8s-flotilla';
import type { Boutique } from './fleet';

/** Three environments in three regions. A cluster has the labels of its environment, and may override them. */
export function addClusters(fleet: Boutique): void {
  const dev = new Environment(fleet, 'dev', { labels: { 'cluster-type': 'standard', 'team': 'shop', 'cost-center': 'engineering' } });
  new Cluster(dev, 'dev-us-west-2', { labels: { region: 'us-west-2' } });
  new Cluster(dev, 'dev-us-east-1', { labels: { region: 'us-east-1' } });
  new Cluster(dev, 'dev-eu-west-1', { labels: { region: 'eu-west-1' } });

  const staging = new Environment(fleet, 'staging', { labels: { 'cluster-type': 'standard', 'team': 'sre', 'cost-center': 'engineering' } });
  new Cluster(staging, 'staging-us-west-2', { labels: { region: 'us-west-2' } });
  new Cluster(staging, 'staging-us-east-1', { labels: { region: 'us-east-1' } });
  new Cluster(staging, 'staging-eu-west-1', { labels: { region: 'eu-west-1' } });

  const prod = new Environment(fleet, 'prod', { labels: { 'cluster-type': 'standard', 'team': 'sre', 'cost-center': 'retail' } });
  new Cluster(prod, 'prod-us-west-2', { labels: { region: 'us-west-2' } });
  new Cluster(prod, 'prod-us-east-1', { labels: { region: 'us-east-1' } });
  new Cluster(prod, 'prod-eu-west-1', { labels: { 'region': 'eu-west-1', 'cluster-type': 'pci', 'team': 'sre-europe' } });
}
