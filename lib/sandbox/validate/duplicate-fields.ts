/**
 * The paths of fields that stand twice in one object of a JSON text (`spec.template.x`), each once. JSON.parse keeps the last of them and says nothing.
 *
 * @param text JSON that was parsed before, so that it is well formed
 */
export function findDuplicateFields(text: string): string[] {
  const found = new Set<string>();
  const places: ({ keys: Set<string>; key: string } | { index: number })[] = [];
  let expectKey = false;
  for (let i = 0; i < text.length; i++) {
    const place = places[places.length - 1];
    switch (text[i]) {
      case '{':
        places.push({ keys: new Set(), key: '' });
        expectKey = true;
        break;
      case '[':
        places.push({ index: 0 });
        expectKey = false;
        break;
      case '}': case ']':
        places.pop();
        expectKey = false;
        break;
      case ',':
        if (place && 'keys' in place) expectKey = true;
        else if (place) place.index += 1;
        break;
      case '"': {
        const end = endOfString(text, i);
        if (expectKey && place && 'keys' in place) {
          place.key = JSON.parse(text.slice(i, end)) as string;
          if (place.keys.has(place.key)) found.add(pathOf(places));
          place.keys.add(place.key);
          expectKey = false;
        }
        i = end - 1;
      }
    }
  }
  return [...found];
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function pathOf(places: readonly ({ key: string } | { index: number })[]): string {
  return places.reduce((path, place) => ('key' in place ? `${path}${path ? '.' : ''}${place.key}` : `${path}[${place.index}]`), '');
}
