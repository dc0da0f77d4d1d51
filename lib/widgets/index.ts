export { cbor, type Codec, type IntegerKeys } from './cbor.js';
export type { WidgetRecord } from './keys.js';
export { decodeWidgets, encodeWidgets } from './widget-list.js';
export { WidgetChannel, type WidgetChange, type WidgetChannelOptions } from './widget-channel.js';
export type {
  ChoiceWidget,
  DepthWidget,
  KnownWidget,
  LabelWidget,
  LineeditWidget,
  MalformedWidget,
  MarkupText,
  Named,
  NumberWidget,
  PushbuttonWidget,
  RadioWidget,
  Samples,
  SelectWidget,
  SliderWidget,
  SpinboxWidget,
  TextWidget,
  ToggleWidget,
  UnknownWidget,
  UntypedWidget,
  WaveformWidget,
  Widget,
  WidgetValue,
} from './widget.js';
export { widgets, type WidgetBytes, type WidgetCamera, type Widgets } from './widgets.js';
