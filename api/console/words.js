// Every word of the console in both languages; the first is the default.

export const LANGUAGES = ["zh", "en"];

const WORDS = {
  title: ["调度看板", "Dispatch board"],
  brand: ["异地 · 远程异地评标", "Yidi · remote bid evaluation"],
  token: ["访问令牌", "Access token"],
  signIn: ["进入", "Sign in"],
  signOut: ["退出", "Sign out"],
  signInHelp: ["服务首次启动时在终端显示各角色的令牌。", "The terminal shows a token for each role at the first start."],
  badToken: ["令牌无效或已过期", "The token is not valid, or has expired"],
  day: ["日期", "Day"],
  openingDay: ["开标日", "Opening day"],
  previousDay: ["前一天", "Previous day"],
  nextDay: ["后一天", "Next day"],
  language: ["English", "中文"],
  large: ["长者模式", "Large type"],
  help: ["帮助", "Help"],
  search: ["查找编号、项目、场所", "Find a number, project or venue"],
  rooms: ["评标室", "Room"],
  seats: ["工位", "seats"],
  support: ["客场支持项目数", "Guest-support count"],
  supportNote: ["本期各场所作为客场支持的项目", "Projects each venue has supported as guest in the period"],
  feed: ["动态", "What happened"],
  feedEmpty: ["暂无动态", "Nothing yet"],
  unscheduled: ["未排项目", "Not scheduled"],
  home: ["主场", "home"],
  guest: ["客场", "guest"],
  split: ["开评分离", "split"],
  cutoff: ["22:00 线", "22:00 line"],
  now: ["现在", "now"],
  table: ["表格", "Table"],
  board: ["看板", "Board"],
  venue: ["场所", "Venue"],
  side: ["主/客场", "Side"],
  number: ["编号", "Number"],
  project: ["项目", "Project"],
  hidden: ["评标开始前不公开", "not disclosed before the start"],
  start: ["开始", "Start"],
  end: ["结束", "End"],
  state: ["状态", "State"],
  progress: ["进度", "Progress"],
  reason: ["说明", "Reason"],
  close: ["关闭", "Close"],
  print: ["打印", "Print"],
  nothing: ["这一天没有评标场次", "No sessions on this day"],
  offline: ["离线文件", "offline file"],
  connecting: ["连接中…", "connecting…"],
  live: ["实时", "live"],
  waiting: ["已断开，正在重连", "disconnected, reconnecting"],
  refused: ["连接被拒绝，请重新登录", "refused, please sign in again"],
  age: ["数据于 {0} 秒前", "data {0} s old"],
  countSessions: ["{0} 场", "{0} sessions"],
  countSplit: ["{0} 开评分离", "{0} split"],
  countLeft: ["{0} 未排", "{0} not scheduled"],
  countRooms: ["{0} 评标室", "{0} rooms"],
  keys: ["快捷键", "Keys"],
  keyArrows: ["在场次之间移动", "move between sessions"],
  keyEnter: ["打开详情", "open details"],
  keySearch: ["查找", "search"],
  keyLarge: ["长者模式", "large type"],
  keyHelp: ["本页帮助", "this help"],
  keyEscape: ["关闭", "close"],
  booked: ["已预订", "booked"],
  drawn: ["已抽取", "panel drawn"],
  checking_in: ["入场核验", "checking in"],
  evaluating: ["评标中", "evaluating"],
  finished: ["已结束", "finished"],
  failed: ["流标", "failed"],
  approved: ["已同意", "approved"],
};

const SENTENCES = {
  "project.submitted": ["{serial} 已登记", "{serial} is on record"],
  "project.exempted": ["{serial} 不采用远程异地评标：{reason}", "{serial} stays on site: {reason}"],
  "project.failed": ["{serial} 流标：{reason}", "{serial} failed: {reason}"],
  "plan.published": ["排期已发布：已排 {scheduled}，开评分离 {split_count}", "Plan published: {scheduled} scheduled, {split_count} split"],
  "booking.made": ["{serial} 预订 {room_id}（{side}）", "{serial} takes {room_id} ({side})"],
  "booking.moved": ["{serial} 调整到 {room_id}", "{serial} moves to {room_id}"],
  "booking.cancelled": ["{serial} 释放 {room_id}", "{serial} frees {room_id}"],
  "guest.requested": ["请求 {venue_id} 作客场支持 {serial}", "{venue_id} is asked to be guest for {serial}"],
  "guest.approved": ["{venue_id} 同意支持 {serial}", "{venue_id} agrees to support {serial}"],
  "guest.rejected": ["{venue_id} 未能支持 {serial}，转请下一客场", "{venue_id} cannot support {serial}; the next guest is asked"],
  "draw.committed": ["{serial} 抽取方案已封存", "{serial}: the draw is committed"],
  "draw.completed": ["{serial} 已抽取 {seats} 名专家", "{serial}: {seats} experts drawn"],
  "draw.redrawn": ["{serial} 补抽 {lost_seats} 名专家", "{serial}: {lost_seats} seats drawn again"],
  "invitation.answered": ["{serial} 专家答复", "{serial}: an invitation is answered"],
  "bids.opened": ["{serial} 开标，投标 {bids} 份", "{serial} opened, {bids} bids"],
  "split.scheduled": ["{serial} 开评分离：{reason}", "{serial} is split from its opening: {reason}"],
  "checkin.recorded": ["{serial} 已签到 {checked_in}/{expected}", "{serial}: {checked_in} of {expected} checked in"],
  "names.unlocked": ["{serial} 全部签到，名单解密", "{serial}: all checked in, names unlocked"],
  "evaluation.started": ["{serial} 开始评标", "{serial}: the evaluation starts"],
  "evaluation.progressed": ["{serial} 标段 {section}/{sections} 评审完成", "{serial}: section {section} of {sections} is done"],
  "evaluation.finished": ["{serial} 评标结束", "{serial}: the evaluation is finished"],
  "support.counted": ["{venue_id} 客场支持数 {support_count}", "{venue_id} has supported {support_count}"],
  "result.published": ["{serial} 结果公布", "{serial}: the result is public"],
};

export function speaker(language) {
  const at = Math.max(0, LANGUAGES.indexOf(language));
  const say = (key, ...values) =>
    values.reduce((text, value, nth) => text.replace(`{${nth}}`, value), (WORDS[key] || [key, key])[at]);
  const tell = (event) => {
    const sentence = SENTENCES[event.kind];
    if (!sentence) return null;
    return sentence[at].replace(/\{(\w+)\}/g, (_, name) => {
      const value = event.facts[name];
      if (value === undefined || value === null || value === "") return "—";
      return name === "side" ? say(value) : String(value);
    });
  };
  return { say, tell, language: LANGUAGES[at] };
}
