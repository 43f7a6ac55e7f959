import { apiServices } from './api-services';
import type { Controller } from './controller';
import { definitions } from './definitions';

/** Those that are a part of the API server. */
export const apiServerControllers: readonly Controller[] = [definitions, apiServices];
