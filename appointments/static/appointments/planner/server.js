// Asking the server. What it refuses is an answer, no exception.

function token() {
  return document.querySelector("[data-planner-csrf] input")?.value ?? "";
}

/** {done} or {refused: {message, starts, overridable}}; a server that cannot be reached refuses too, and so does
 * one that no longer knows the login: it sends to its page, or calls the token forged. */
export async function send(url, body, texts) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body),
    });
  } catch {
    return { refused: { message: texts.offline, starts: [] } };
  }
  if (answer.redirected || answer.status === 403) return { refused: { message: texts.loggedOut, starts: [] } };
  if (answer.ok) return { done: await answer.json() };
  const said = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
  return { refused: { starts: [], ...said, message: said.message ?? texts.offline } };
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
