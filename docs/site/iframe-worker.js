"use strict";
// A browser lets no page that is opened as a file start a worker. The search does its work in a hidden frame there. Its
// script asks whether its parent has an `IFrameWorker`, finds its own address in the frame's first script, and waits for
// what `importScripts` gives back. The file's name tells MkDocs that nothing of the kind is to be fetched from elsewhere.
{
  const loaded = (page, address) =>
    new Promise((done, failed) => {
      const script = page.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = failed;
      page.body.append(script);
    });

  class FrameWorker extends EventTarget {
    onmessage = null;
    onerror = null;

    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      const page = inside.document;
      // Written to, so that no browser puts an empty page of its own in the place of this one later.
      page.open();
      page.write("<!doctype html><title>Search</title><body></body>");
      page.close();
      inside.postMessage = (data) => setTimeout(() => this.tell(new MessageEvent("message", { data })), 0);
      inside.importScripts = async (...addresses) => {
        for (const each of addresses) await loaded(page, each);
      };
      this.started = loaded(page, address);
      this.started.catch(() => this.tell(new ErrorEvent("error", { message: `${address} cannot be loaded` })));
    }

    tell(event) {
      this.dispatchEvent(event);
      this[`on${event.type}`]?.(event);
    }

    postMessage(data) {
      const copy = structuredClone(data);
      this.started.then(
        () => this.frame.contentWindow?.dispatchEvent(new MessageEvent("message", { data: copy })),
        () => {}, // told when it happened
      );
    }

    terminate() {
      this.frame.remove();
    }
  }

  window.IFrameWorker = FrameWorker;
  if (location.protocol === "file:") window.Worker = FrameWorker;
}
