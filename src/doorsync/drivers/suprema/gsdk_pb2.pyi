from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeviceRequest(_message.Message):
    __slots__ = ("deviceID",)
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    def __init__(self, deviceID: _Optional[int] = ...) -> None: ...

class Empty(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeviceInfo(_message.Message):
    __slots__ = ("deviceID", "status")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    status: int
    def __init__(self, deviceID: _Optional[int] = ..., status: _Optional[int] = ...) -> None: ...

class DeviceList(_message.Message):
    __slots__ = ("deviceInfos",)
    DEVICEINFOS_FIELD_NUMBER: _ClassVar[int]
    deviceInfos: _containers.RepeatedCompositeFieldContainer[DeviceInfo]
    def __init__(self, deviceInfos: _Optional[_Iterable[_Union[DeviceInfo, _Mapping[str, object]]]] = ...) -> None: ...

class AsyncConnectInfo(_message.Message):
    __slots__ = ("deviceID", "IPAddr", "port", "useSSL")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    IPADDR_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    USESSL_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    IPAddr: str
    port: int
    useSSL: bool
    def __init__(self, deviceID: _Optional[int] = ..., IPAddr: _Optional[str] = ..., port: _Optional[int] = ..., useSSL: _Optional[bool] = ...) -> None: ...

class AddAsyncConnectionRequest(_message.Message):
    __slots__ = ("connectInfos",)
    CONNECTINFOS_FIELD_NUMBER: _ClassVar[int]
    connectInfos: _containers.RepeatedCompositeFieldContainer[AsyncConnectInfo]
    def __init__(self, connectInfos: _Optional[_Iterable[_Union[AsyncConnectInfo, _Mapping[str, object]]]] = ...) -> None: ...

class FactoryInfo(_message.Message):
    __slots__ = ("modelName", "firmwareVersion")
    MODELNAME_FIELD_NUMBER: _ClassVar[int]
    FIRMWAREVERSION_FIELD_NUMBER: _ClassVar[int]
    modelName: str
    firmwareVersion: str
    def __init__(self, modelName: _Optional[str] = ..., firmwareVersion: _Optional[str] = ...) -> None: ...

class DeviceInfoResponse(_message.Message):
    __slots__ = ("info",)
    INFO_FIELD_NUMBER: _ClassVar[int]
    info: FactoryInfo
    def __init__(self, info: _Optional[_Union[FactoryInfo, _Mapping[str, object]]] = ...) -> None: ...

class CapabilityInfo(_message.Message):
    __slots__ = ("maxNumOfUser", "PINSupported", "cardSupported", "userNameSupported", "QRSupported")
    MAXNUMOFUSER_FIELD_NUMBER: _ClassVar[int]
    PINSUPPORTED_FIELD_NUMBER: _ClassVar[int]
    CARDSUPPORTED_FIELD_NUMBER: _ClassVar[int]
    USERNAMESUPPORTED_FIELD_NUMBER: _ClassVar[int]
    QRSUPPORTED_FIELD_NUMBER: _ClassVar[int]
    maxNumOfUser: int
    PINSupported: bool
    cardSupported: bool
    userNameSupported: bool
    QRSupported: bool
    def __init__(self, maxNumOfUser: _Optional[int] = ..., PINSupported: _Optional[bool] = ..., cardSupported: _Optional[bool] = ..., userNameSupported: _Optional[bool] = ..., QRSupported: _Optional[bool] = ...) -> None: ...

class CapabilityInfoResponse(_message.Message):
    __slots__ = ("capInfo",)
    CAPINFO_FIELD_NUMBER: _ClassVar[int]
    capInfo: CapabilityInfo
    def __init__(self, capInfo: _Optional[_Union[CapabilityInfo, _Mapping[str, object]]] = ...) -> None: ...

class UserHdr(_message.Message):
    __slots__ = ("ID", "userFlag", "numOfCard", "numOfFinger", "numOfFace")
    ID_FIELD_NUMBER: _ClassVar[int]
    USERFLAG_FIELD_NUMBER: _ClassVar[int]
    NUMOFCARD_FIELD_NUMBER: _ClassVar[int]
    NUMOFFINGER_FIELD_NUMBER: _ClassVar[int]
    NUMOFFACE_FIELD_NUMBER: _ClassVar[int]
    ID: str
    userFlag: int
    numOfCard: int
    numOfFinger: int
    numOfFace: int
    def __init__(self, ID: _Optional[str] = ..., userFlag: _Optional[int] = ..., numOfCard: _Optional[int] = ..., numOfFinger: _Optional[int] = ..., numOfFace: _Optional[int] = ...) -> None: ...

class UserList(_message.Message):
    __slots__ = ("hdrs",)
    HDRS_FIELD_NUMBER: _ClassVar[int]
    hdrs: _containers.RepeatedCompositeFieldContainer[UserHdr]
    def __init__(self, hdrs: _Optional[_Iterable[_Union[UserHdr, _Mapping[str, object]]]] = ...) -> None: ...

class UserSetting(_message.Message):
    __slots__ = ("startTime", "endTime", "biometricAuthMode", "cardAuthMode", "IDAuthMode", "faceAuthExtMode", "fingerAuthExtMode", "cardAuthExtMode", "IDAuthExtMode")
    STARTTIME_FIELD_NUMBER: _ClassVar[int]
    ENDTIME_FIELD_NUMBER: _ClassVar[int]
    BIOMETRICAUTHMODE_FIELD_NUMBER: _ClassVar[int]
    CARDAUTHMODE_FIELD_NUMBER: _ClassVar[int]
    IDAUTHMODE_FIELD_NUMBER: _ClassVar[int]
    FACEAUTHEXTMODE_FIELD_NUMBER: _ClassVar[int]
    FINGERAUTHEXTMODE_FIELD_NUMBER: _ClassVar[int]
    CARDAUTHEXTMODE_FIELD_NUMBER: _ClassVar[int]
    IDAUTHEXTMODE_FIELD_NUMBER: _ClassVar[int]
    startTime: int
    endTime: int
    biometricAuthMode: int
    cardAuthMode: int
    IDAuthMode: int
    faceAuthExtMode: int
    fingerAuthExtMode: int
    cardAuthExtMode: int
    IDAuthExtMode: int
    def __init__(self, startTime: _Optional[int] = ..., endTime: _Optional[int] = ..., biometricAuthMode: _Optional[int] = ..., cardAuthMode: _Optional[int] = ..., IDAuthMode: _Optional[int] = ..., faceAuthExtMode: _Optional[int] = ..., fingerAuthExtMode: _Optional[int] = ..., cardAuthExtMode: _Optional[int] = ..., IDAuthExtMode: _Optional[int] = ...) -> None: ...

class CSNCardData(_message.Message):
    __slots__ = ("type", "size", "data")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    type: int
    size: int
    data: bytes
    def __init__(self, type: _Optional[int] = ..., size: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class UserInfo(_message.Message):
    __slots__ = ("hdr", "setting", "name", "cards", "accessGroupIDs", "PIN")
    HDR_FIELD_NUMBER: _ClassVar[int]
    SETTING_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CARDS_FIELD_NUMBER: _ClassVar[int]
    ACCESSGROUPIDS_FIELD_NUMBER: _ClassVar[int]
    PIN_FIELD_NUMBER: _ClassVar[int]
    hdr: UserHdr
    setting: UserSetting
    name: str
    cards: _containers.RepeatedCompositeFieldContainer[CSNCardData]
    accessGroupIDs: _containers.RepeatedScalarFieldContainer[int]
    PIN: bytes
    def __init__(self, hdr: _Optional[_Union[UserHdr, _Mapping[str, object]]] = ..., setting: _Optional[_Union[UserSetting, _Mapping[str, object]]] = ..., name: _Optional[str] = ..., cards: _Optional[_Iterable[_Union[CSNCardData, _Mapping[str, object]]]] = ..., accessGroupIDs: _Optional[_Iterable[int]] = ..., PIN: _Optional[bytes] = ...) -> None: ...

class UsersRequest(_message.Message):
    __slots__ = ("deviceID", "userIDs")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    USERIDS_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    userIDs: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, deviceID: _Optional[int] = ..., userIDs: _Optional[_Iterable[str]] = ...) -> None: ...

class UsersResponse(_message.Message):
    __slots__ = ("users",)
    USERS_FIELD_NUMBER: _ClassVar[int]
    users: _containers.RepeatedCompositeFieldContainer[UserInfo]
    def __init__(self, users: _Optional[_Iterable[_Union[UserInfo, _Mapping[str, object]]]] = ...) -> None: ...

class GetPartialRequest(_message.Message):
    __slots__ = ("deviceID", "userIDs", "infoMask")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    USERIDS_FIELD_NUMBER: _ClassVar[int]
    INFOMASK_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    userIDs: _containers.RepeatedScalarFieldContainer[str]
    infoMask: int
    def __init__(self, deviceID: _Optional[int] = ..., userIDs: _Optional[_Iterable[str]] = ..., infoMask: _Optional[int] = ...) -> None: ...

class EnrollRequest(_message.Message):
    __slots__ = ("deviceID", "users", "overwrite")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    users: _containers.RepeatedCompositeFieldContainer[UserInfo]
    overwrite: bool
    def __init__(self, deviceID: _Optional[int] = ..., users: _Optional[_Iterable[_Union[UserInfo, _Mapping[str, object]]]] = ..., overwrite: _Optional[bool] = ...) -> None: ...

class PINRequest(_message.Message):
    __slots__ = ("PIN",)
    PIN_FIELD_NUMBER: _ClassVar[int]
    PIN: str
    def __init__(self, PIN: _Optional[str] = ...) -> None: ...

class PINHash(_message.Message):
    __slots__ = ("hashVal",)
    HASHVAL_FIELD_NUMBER: _ClassVar[int]
    hashVal: bytes
    def __init__(self, hashVal: _Optional[bytes] = ...) -> None: ...

class UserStatistic(_message.Message):
    __slots__ = ("numOfUsers", "numOfCards", "numOfFingerprints", "numOfFaces")
    NUMOFUSERS_FIELD_NUMBER: _ClassVar[int]
    NUMOFCARDS_FIELD_NUMBER: _ClassVar[int]
    NUMOFFINGERPRINTS_FIELD_NUMBER: _ClassVar[int]
    NUMOFFACES_FIELD_NUMBER: _ClassVar[int]
    numOfUsers: int
    numOfCards: int
    numOfFingerprints: int
    numOfFaces: int
    def __init__(self, numOfUsers: _Optional[int] = ..., numOfCards: _Optional[int] = ..., numOfFingerprints: _Optional[int] = ..., numOfFaces: _Optional[int] = ...) -> None: ...

class StatisticResponse(_message.Message):
    __slots__ = ("userStatistic",)
    USERSTATISTIC_FIELD_NUMBER: _ClassVar[int]
    userStatistic: UserStatistic
    def __init__(self, userStatistic: _Optional[_Union[UserStatistic, _Mapping[str, object]]] = ...) -> None: ...

class Operator(_message.Message):
    __slots__ = ("userID", "level")
    USERID_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    userID: str
    level: int
    def __init__(self, userID: _Optional[str] = ..., level: _Optional[int] = ...) -> None: ...

class OperatorList(_message.Message):
    __slots__ = ("operators",)
    OPERATORS_FIELD_NUMBER: _ClassVar[int]
    operators: _containers.RepeatedCompositeFieldContainer[Operator]
    def __init__(self, operators: _Optional[_Iterable[_Union[Operator, _Mapping[str, object]]]] = ...) -> None: ...

class AuthConfig(_message.Message):
    __slots__ = ("useFullAccess",)
    USEFULLACCESS_FIELD_NUMBER: _ClassVar[int]
    useFullAccess: bool
    def __init__(self, useFullAccess: _Optional[bool] = ...) -> None: ...

class AuthConfigResponse(_message.Message):
    __slots__ = ("config",)
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    config: AuthConfig
    def __init__(self, config: _Optional[_Union[AuthConfig, _Mapping[str, object]]] = ...) -> None: ...

class DoorInfo(_message.Message):
    __slots__ = ("doorID", "name", "entryDeviceID", "exitDeviceID")
    DOORID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ENTRYDEVICEID_FIELD_NUMBER: _ClassVar[int]
    EXITDEVICEID_FIELD_NUMBER: _ClassVar[int]
    doorID: int
    name: str
    entryDeviceID: int
    exitDeviceID: int
    def __init__(self, doorID: _Optional[int] = ..., name: _Optional[str] = ..., entryDeviceID: _Optional[int] = ..., exitDeviceID: _Optional[int] = ...) -> None: ...

class DoorList(_message.Message):
    __slots__ = ("doors",)
    DOORS_FIELD_NUMBER: _ClassVar[int]
    doors: _containers.RepeatedCompositeFieldContainer[DoorInfo]
    def __init__(self, doors: _Optional[_Iterable[_Union[DoorInfo, _Mapping[str, object]]]] = ...) -> None: ...

class TimePeriod(_message.Message):
    __slots__ = ("startTime", "endTime")
    STARTTIME_FIELD_NUMBER: _ClassVar[int]
    ENDTIME_FIELD_NUMBER: _ClassVar[int]
    startTime: int
    endTime: int
    def __init__(self, startTime: _Optional[int] = ..., endTime: _Optional[int] = ...) -> None: ...

class DaySchedule(_message.Message):
    __slots__ = ("periods",)
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    periods: _containers.RepeatedCompositeFieldContainer[TimePeriod]
    def __init__(self, periods: _Optional[_Iterable[_Union[TimePeriod, _Mapping[str, object]]]] = ...) -> None: ...

class WeeklySchedule(_message.Message):
    __slots__ = ("daySchedules",)
    DAYSCHEDULES_FIELD_NUMBER: _ClassVar[int]
    daySchedules: _containers.RepeatedCompositeFieldContainer[DaySchedule]
    def __init__(self, daySchedules: _Optional[_Iterable[_Union[DaySchedule, _Mapping[str, object]]]] = ...) -> None: ...

class DailySchedule(_message.Message):
    __slots__ = ("startDate",)
    STARTDATE_FIELD_NUMBER: _ClassVar[int]
    startDate: int
    def __init__(self, startDate: _Optional[int] = ...) -> None: ...

class HolidaySchedule(_message.Message):
    __slots__ = ("groupID",)
    GROUPID_FIELD_NUMBER: _ClassVar[int]
    groupID: int
    def __init__(self, groupID: _Optional[int] = ...) -> None: ...

class ScheduleInfo(_message.Message):
    __slots__ = ("ID", "name", "daily", "weekly", "holidays")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DAILY_FIELD_NUMBER: _ClassVar[int]
    WEEKLY_FIELD_NUMBER: _ClassVar[int]
    HOLIDAYS_FIELD_NUMBER: _ClassVar[int]
    ID: int
    name: str
    daily: DailySchedule
    weekly: WeeklySchedule
    holidays: _containers.RepeatedCompositeFieldContainer[HolidaySchedule]
    def __init__(self, ID: _Optional[int] = ..., name: _Optional[str] = ..., daily: _Optional[_Union[DailySchedule, _Mapping[str, object]]] = ..., weekly: _Optional[_Union[WeeklySchedule, _Mapping[str, object]]] = ..., holidays: _Optional[_Iterable[_Union[HolidaySchedule, _Mapping[str, object]]]] = ...) -> None: ...

class ScheduleList(_message.Message):
    __slots__ = ("schedules",)
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    schedules: _containers.RepeatedCompositeFieldContainer[ScheduleInfo]
    def __init__(self, schedules: _Optional[_Iterable[_Union[ScheduleInfo, _Mapping[str, object]]]] = ...) -> None: ...

class AddSchedulesRequest(_message.Message):
    __slots__ = ("deviceID", "schedules")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    schedules: _containers.RepeatedCompositeFieldContainer[ScheduleInfo]
    def __init__(self, deviceID: _Optional[int] = ..., schedules: _Optional[_Iterable[_Union[ScheduleInfo, _Mapping[str, object]]]] = ...) -> None: ...

class DoorSchedule(_message.Message):
    __slots__ = ("doorID", "scheduleID")
    DOORID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULEID_FIELD_NUMBER: _ClassVar[int]
    doorID: int
    scheduleID: int
    def __init__(self, doorID: _Optional[int] = ..., scheduleID: _Optional[int] = ...) -> None: ...

class AccessLevel(_message.Message):
    __slots__ = ("ID", "name", "doorSchedules")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOORSCHEDULES_FIELD_NUMBER: _ClassVar[int]
    ID: int
    name: str
    doorSchedules: _containers.RepeatedCompositeFieldContainer[DoorSchedule]
    def __init__(self, ID: _Optional[int] = ..., name: _Optional[str] = ..., doorSchedules: _Optional[_Iterable[_Union[DoorSchedule, _Mapping[str, object]]]] = ...) -> None: ...

class LevelList(_message.Message):
    __slots__ = ("levels",)
    LEVELS_FIELD_NUMBER: _ClassVar[int]
    levels: _containers.RepeatedCompositeFieldContainer[AccessLevel]
    def __init__(self, levels: _Optional[_Iterable[_Union[AccessLevel, _Mapping[str, object]]]] = ...) -> None: ...

class AddLevelsRequest(_message.Message):
    __slots__ = ("deviceID", "levels")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    LEVELS_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    levels: _containers.RepeatedCompositeFieldContainer[AccessLevel]
    def __init__(self, deviceID: _Optional[int] = ..., levels: _Optional[_Iterable[_Union[AccessLevel, _Mapping[str, object]]]] = ...) -> None: ...

class AccessGroup(_message.Message):
    __slots__ = ("ID", "name", "levelIDs")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LEVELIDS_FIELD_NUMBER: _ClassVar[int]
    ID: int
    name: str
    levelIDs: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, ID: _Optional[int] = ..., name: _Optional[str] = ..., levelIDs: _Optional[_Iterable[int]] = ...) -> None: ...

class GroupList(_message.Message):
    __slots__ = ("groups",)
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[AccessGroup]
    def __init__(self, groups: _Optional[_Iterable[_Union[AccessGroup, _Mapping[str, object]]]] = ...) -> None: ...

class AddGroupsRequest(_message.Message):
    __slots__ = ("deviceID", "groups")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    groups: _containers.RepeatedCompositeFieldContainer[AccessGroup]
    def __init__(self, deviceID: _Optional[int] = ..., groups: _Optional[_Iterable[_Union[AccessGroup, _Mapping[str, object]]]] = ...) -> None: ...

class DeleteRequest(_message.Message):
    __slots__ = ("deviceID", "IDs")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    IDs: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, deviceID: _Optional[int] = ..., IDs: _Optional[_Iterable[int]] = ...) -> None: ...

class ClockResponse(_message.Message):
    __slots__ = ("GMTTime",)
    GMTTIME_FIELD_NUMBER: _ClassVar[int]
    GMTTime: int
    def __init__(self, GMTTime: _Optional[int] = ...) -> None: ...

class SetClockRequest(_message.Message):
    __slots__ = ("deviceID", "GMTTime")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    GMTTIME_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    GMTTime: int
    def __init__(self, deviceID: _Optional[int] = ..., GMTTime: _Optional[int] = ...) -> None: ...

class TimeConfig(_message.Message):
    __slots__ = ("timeZone", "syncWithServer")
    TIMEZONE_FIELD_NUMBER: _ClassVar[int]
    SYNCWITHSERVER_FIELD_NUMBER: _ClassVar[int]
    timeZone: int
    syncWithServer: bool
    def __init__(self, timeZone: _Optional[int] = ..., syncWithServer: _Optional[bool] = ...) -> None: ...

class TimeConfigResponse(_message.Message):
    __slots__ = ("config",)
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    config: TimeConfig
    def __init__(self, config: _Optional[_Union[TimeConfig, _Mapping[str, object]]] = ...) -> None: ...

class SetTimeConfigRequest(_message.Message):
    __slots__ = ("deviceID", "config")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    config: TimeConfig
    def __init__(self, deviceID: _Optional[int] = ..., config: _Optional[_Union[TimeConfig, _Mapping[str, object]]] = ...) -> None: ...

class DSTSchedule(_message.Message):
    __slots__ = ("timeOffset",)
    TIMEOFFSET_FIELD_NUMBER: _ClassVar[int]
    timeOffset: int
    def __init__(self, timeOffset: _Optional[int] = ...) -> None: ...

class DSTConfig(_message.Message):
    __slots__ = ("schedules",)
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    schedules: _containers.RepeatedCompositeFieldContainer[DSTSchedule]
    def __init__(self, schedules: _Optional[_Iterable[_Union[DSTSchedule, _Mapping[str, object]]]] = ...) -> None: ...

class DSTConfigResponse(_message.Message):
    __slots__ = ("config",)
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    config: DSTConfig
    def __init__(self, config: _Optional[_Union[DSTConfig, _Mapping[str, object]]] = ...) -> None: ...

class EventLog(_message.Message):
    __slots__ = ("ID", "timestamp", "userID", "entityID", "eventCode", "subCode", "cardData")
    ID_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    USERID_FIELD_NUMBER: _ClassVar[int]
    ENTITYID_FIELD_NUMBER: _ClassVar[int]
    EVENTCODE_FIELD_NUMBER: _ClassVar[int]
    SUBCODE_FIELD_NUMBER: _ClassVar[int]
    CARDDATA_FIELD_NUMBER: _ClassVar[int]
    ID: int
    timestamp: int
    userID: str
    entityID: int
    eventCode: int
    subCode: int
    cardData: bytes
    def __init__(self, ID: _Optional[int] = ..., timestamp: _Optional[int] = ..., userID: _Optional[str] = ..., entityID: _Optional[int] = ..., eventCode: _Optional[int] = ..., subCode: _Optional[int] = ..., cardData: _Optional[bytes] = ...) -> None: ...

class GetLogRequest(_message.Message):
    __slots__ = ("deviceID", "startEventID", "maxNumOfLog")
    DEVICEID_FIELD_NUMBER: _ClassVar[int]
    STARTEVENTID_FIELD_NUMBER: _ClassVar[int]
    MAXNUMOFLOG_FIELD_NUMBER: _ClassVar[int]
    deviceID: int
    startEventID: int
    maxNumOfLog: int
    def __init__(self, deviceID: _Optional[int] = ..., startEventID: _Optional[int] = ..., maxNumOfLog: _Optional[int] = ...) -> None: ...

class GetLogResponse(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[EventLog]
    def __init__(self, events: _Optional[_Iterable[_Union[EventLog, _Mapping[str, object]]]] = ...) -> None: ...
