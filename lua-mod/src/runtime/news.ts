// What other mods are told, as events of their own names (docs/mod-api.md). Noted where it happens and raised at the end of the
// mod's tick: what a listener does then meets a state that is whole, and no call of another mod stands inside a movement (M1).
import type { CustomEventId } from "factorio:runtime";
import { on_delivery, on_link_changed, on_message } from "../prototypes/names";
import { nameOf } from "./names";
import { mayCollect } from "./session";
import type { Message, Order } from "./state";

interface LinkChanged {
  linked: boolean;
  instance: string;
  world: string;
}

interface Delivery {
  order: number;
  mod: string;
  resource: string;
  /** Since the last such event of this order. */
  arrived: number;
  /** What waits to be taken. */
  held: number;
  /** Nothing more will come. */
  complete: boolean;
  cancelled?: string | undefined;
}

/** Something came for the order, or it is cancelled for this reason. */
export function noteDelivery(order: Order, cancelled?: string): void {
  if (cancelled !== undefined) order.cancelled = cancelled;
  if (order.isNoted) return;
  order.isNoted = true;
  storage.news.push(order);
}

function idOf<T extends object>(name: string): CustomEventId<T> {
  return prototypes.custom_event[name].event_id as CustomEventId<T>;
}

export function link(): LinkChanged {
  return { linked: mayCollect(), instance: storage.instance, world: storage.world };
}

function tellDelivery(order: Order): void {
  order.isNoted = undefined;
  const { got, told, held, mod, count, standing, cancelled } = order;
  order.told = got;
  const delivery: Delivery = {
    order: order.order,
    mod,
    resource: nameOf(order.r),
    arrived: got - told,
    held,
    complete: !standing && got >= count,
    cancelled,
  };
  script.raise_event(idOf<Delivery>(on_delivery), delivery);
}

function tellMessage(message: Message): void {
  script.raise_event(idOf<Message>(on_message), message);
}

/** What listeners cause meanwhile is told in the next tick. */
export function tellNews(): void {
  if (storage.linkTold !== mayCollect()) {
    storage.linkTold = mayCollect();
    script.raise_event(idOf<LinkChanged>(on_link_changed), link());
  }
  const { news, inbox } = storage;
  if (news.length > 0) {
    storage.news = [];
    for (const order of news) {
      // One whose mod has taken all or wants no more has nothing to be told.
      if (order.cancelled !== undefined || storage.orders.byId.has(order.order)) tellDelivery(order);
    }
  }
  if (inbox.length > 0) {
    storage.inbox = [];
    for (const message of inbox) tellMessage(message);
  }
}
