/** The modules beside Python that this page loads only once it needs them; boot.mjs checks them like all others. */

const loader = Promise.withResolvers();

/** Takes what loads a module by its name in boot.json. */
export const useModules = loader.resolve;

/** The exports of a module.  Rejects if it cannot be fetched. */
export async function module(name) {
  return (await loader.promise)(name);
}
