// Every word of the console in both languages; the first is the default.

export const LANGUAGES = ["zh", "en"];

const WORDS = {
  title: ["调度看板", "Dispatch board"],
  brand: ["异地 · 远程异地评标", "Yidi · remote bid evaluation"],
  token: ["访问令牌", "Access token"],
  signIn: ["进入", "Sign in"],
  signOut: ["退出", "Sign out"],
  verifier: ["核验抽取证书（无需登录）", "Verify a draw (no account needed)"],
  signInHelp: ["服务首次启动时在终端显示各角色的令牌。", "The terminal shows a token for each role at the first start."],
  badToken: ["令牌无效或已过期", "The token is not valid, or has expired"],
  day: ["日期", "Day"],
  openingDay: ["开标日", "Opening day"],
  previousDay: ["前一天", "Previous day"],
  nextDay: ["后一天", "Next day"],
  language: ["English", "中文"],
  large: ["长者模式", "Large type"],
  help: ["帮助", "Help"],
  find: ["查找", "Search"],
  search: ["查找编号、项目、场所", "Search by number, project or venue"],
  rooms: ["评标室", "Room"],
  roomSeats: ["{0} 工位", "{0} seats"],
  venueFacts: ["{0} 评标室 · {1} 工位", "{0} rooms · {1} seats"],
  support: ["客场支持项目数", "Guest-support count"],
  supportNote: ["本期各场所作为客场支持的项目", "Projects each venue has supported as guest in the period"],
  count: ["项目数", "Projects"],
  few: ["较少", "few"],
  feed: ["动态", "What happened"],
  feedEmpty: ["暂无动态", "Nothing yet"],
  unscheduledCount: ["未排项目（{0}）", "Not scheduled ({0})"],
  home: ["主场", "home"],
  guest: ["客场", "guest"],
  homeBadge: ["主", "H"],
  guestBadge: ["客", "G"],
  split: ["开评分离", "split"],
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
  signedOut: ["未登录", "not signed in"],
  barred: ["您的账户不查看调度看板。", "This account has no view of the dispatch board."],
  offline: ["离线文件", "offline file"],
  connecting: ["连接中…", "connecting…"],
  live: ["实时", "live"],
  waiting: ["已断开，正在重连", "disconnected, reconnecting"],
  refused: ["连接被拒绝，请重新登录", "refused, please sign in again"],
  age: ["数据于 {0} 秒前", "data {0} s old"],
  offset: ["位置 {0}", "offset {0}"],
  asOf: ["数据截至 {0}", "as of {0}"],
  usedRooms: ["在用评标室", "Rooms in use"],
  countSessions: ["评标项目", "evaluations"],
  countRunning: ["评标中", "running"],
  countFinished: ["已结束", "finished"],
  countRooms: ["在用评标室", "rooms in use"],
  countSplit: ["开评分离", "split"],
  countLeft: ["未排", "not scheduled"],
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
  accepted: ["接受", "accepted"],
  declined: ["不能参加", "declined"],
  timed_out: ["未及时答复", "not answered in time"],
  "role.operator": ["中心操作员", "Centre operator"],
  "role.host": ["场所负责人", "Venue host"],
  "role.supervisor": ["监督部门", "Supervisor"],
  "role.expert": ["评标专家", "Expert"],
  "role.public": ["公众", "Public"],
  "role.administrator": ["管理员", "Administrator"],
  "role.machine": ["系统", "Machine"],
};

const SENTENCES = {
  "project.submitted": ["{serial} 已登记", "{serial} is on record"],
  "project.exempted": ["{serial} 不采用远程异地评标[：{reason}]", "{serial} stays on site[: {reason}]"],
  "project.failed": ["{serial} 流标[：{reason}]", "{serial} failed[: {reason}]"],
  "project.cancelled": ["{serial} 撤销[：{reason}]", "{serial} is withdrawn[: {reason}]"],
  "opening.postponed": ["{serial} 开标延期[：{reason}]", "{serial}: the opening is postponed[: {reason}]"],
  "venue.blocked": ["{venue_id} [{room_id} ]停用[：{reason}]", "{venue_id} [{room_id} ]is out of service[: {reason}]"],
  "supply.limited": ["{region} 可抽专家减少[至 {seats} 名]", "{region} supplies fewer experts[: {seats}]"],
  "plan.published": ["排期已发布[：已排 {scheduled}][，开评分离 {split_count}]", "Plan published[: {scheduled} scheduled][, {split_count} split]"],
  "booking.made": ["{serial} 预订{venue_id} {room_id}（{side}）", "{serial} takes {venue_id} {room_id} ({side})"],
  "booking.moved": ["{serial} [由 {from_room_id} ]调整到 {room_id}", "{serial} moves [from {from_room_id} ]to {room_id}"],
  "booking.cancelled": ["{serial} 释放 {room_id}", "{serial} frees {room_id}"],
  "guest.requested": ["请求 {venue_id} 作客场支持 {serial}", "{venue_id} is asked to be guest for {serial}"],
  "guest.approved": ["{venue_id} 同意支持 {serial}", "{venue_id} agrees to support {serial}"],
  "guest.rejected": ["{venue_id} 未能支持 {serial}，转请下一客场", "{venue_id} cannot support {serial}; the next guest is asked"],
  "draw.committed": ["{serial} 抽取方案已封存", "{serial}: the draw is committed"],
  "draw.completed": ["{serial} 已抽取[ {seats} 名]专家", "{serial}: [{seats} ]experts drawn"],
  "draw.redrawn": ["{serial} 补抽[ {lost_seats} 名]专家", "{serial}: [{lost_seats} ]seats are drawn again"],
  "draw.short": ["{serial} 专家不足，未能抽取[：{reason}]", "{serial}: too few experts to draw[: {reason}]"],
  "widening.requested": ["{serial} 申请放宽席位 {slot_id} 的专业[：{reason}]", "{serial}: slot {slot_id} is to be widened[: {reason}]"],
  "widening.approved": ["{serial} 席位 {slot_id} 的专业放宽已批准", "{serial}: the widening of slot {slot_id} is approved"],
  "widening.refused": ["{serial} 席位 {slot_id} 的专业放宽未获批准[：{reason}]", "{serial}: the widening of slot {slot_id} is refused[: {reason}]"],
  "invitation.sent": ["{serial} 已发出邀请", "{serial}: an expert is invited"],
  "invitation.answered": ["{serial} 收到专家答复[：{answer}]", "{serial}: an invitation is answered[: {answer}]"],
  "bids.opened": ["{serial} 开标[，投标 {bids} 份]", "{serial} opened[, {bids} bids]"],
  "split.scheduled": ["{serial} 开评分离[：{reason}]", "{serial} is split from its opening[: {reason}]"],
  "checkin.recorded": ["{serial} 已签到[ {checked_in}/{expected}]", "{serial}: [{checked_in} of {expected} ]checked in"],
  "names.unlocked": ["{serial} 全部签到，名单解密", "{serial}: all checked in, names unlocked"],
  "evaluation.started": ["{serial} 开始评标", "{serial}: the evaluation starts"],
  "evaluation.progressed": ["{serial} [标段 {section}/{sections} ]评审完成", "{serial}: section [{section} of {sections} ]is done"],
  "evaluation.suspended": ["{serial} 评标中止[：{reason}]", "{serial}: the evaluation cannot go on[: {reason}]"],
  "evaluation.finished": ["{serial} 评标结束", "{serial}: the evaluation is finished"],
  "support.counted": ["{venue_id} 客场支持数 {support_count}", "{venue_id} has supported {support_count}"],
  "result.published": ["{serial} 结果公布", "{serial}: the result is public"],
  "webhook.changed": ["向 {host} 推送的订阅：{state}[（{reason}）]", "The webhook to {host} is {state}[: {reason}]"],
  "record.read": ["查阅封存记录[：{purpose}]", "A sealed record was read[: {purpose}]"],
};

export function speaker(language) {
  const at = Math.max(0, LANGUAGES.indexOf(language));
  const say = (key, ...values) =>
    values.reduce((text, value, nth) => text.replace(`{${nth}}`, value), (WORDS[key] || [key, key])[at]);
  // What stands in brackets is said if its facts are known to this viewer; another unknown fact is a dash.
  const tell = (event, nameOf) => {
    const sentence = SENTENCES[event.kind];
    if (!sentence) return null;
    const known = (name) => ![undefined, null, ""].includes(event.facts[name]);
    const sayable = sentence[at].replace(/\[([^\]]*)\]/g, (_, part) =>
      ([...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => known(name)) ? part : ""));
    return sayable.replace(/\{(\w+)\}/g, (_, name) => {
      const value = event.facts[name];
      if (!known(name)) return "—";
      if (name === "venue_id") return nameOf(value);
      return name === "side" || name === "answer" ? say(value) : String(value);
    });
  };
  return { say, tell, language: LANGUAGES[at] };
}
