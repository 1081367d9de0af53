// Asking the server. What it refuses is an answer, no exception.

function token() {
  return document.querySelector("[data-planner-csrf] input")?.value ?? "";
}

/** {done} or {refused: {message, starts, overridable}}; a server that cannot be reached refuses too. */
export async function send(url, body, offline) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body),
    });
  } catch {
    return { refused: { message: offline, starts: [] } };
  }
  if (answer.ok) return { done: await answer.json() };
  const said = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
  return { refused: { starts: [], ...said, message: said.message ?? offline } };
}

/** The customers somebody may mean; none when the line breaks. */
export async function customers(url, text) {
  try {
    const answer = await fetch(`${url}&q=${encodeURIComponent(text)}`);
    return answer.ok ? (await answer.json()).customers : [];
  } catch {
    return [];
  }
}

/** The day anew, or null as long as it is as shown. */
export async function changed(feed, version) {
  const answer = await fetch(feed, { headers: { "If-None-Match": `"${version}"` }, cache: "no-store" });
  if (answer.status !== 200) return null;
  return { ...(await answer.json()), version: answer.headers.get("ETag").replaceAll('"', "") };
}
