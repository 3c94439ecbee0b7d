namespace Ringfence.Dataplane.Nftables;

/// <summary>Numbers of the nftables protocol, as <c>linux/netfilter/nf_tables.h</c> and <c>nfnetlink.h</c> have them.</summary>
internal static class Nft
{
    public const int Subsystem = 10;
    public const byte FamilyInet = 1;
    public const int NotificationGroup = 7;
    public const int BatchBegin = 0x10;
    public const int BatchEnd = 0x11;
    public const int BatchGeneration = 1;

    public const int NewTable = 0;
    public const int GetTable = 1;
    public const int DeleteTable = 2;
    public const int NewChain = 3;
    public const int GetChain = 4;
    public const int DeleteChain = 5;
    public const int NewRule = 6;
    public const int GetRule = 7;
    public const int DeleteRule = 8;
    public const int NewSet = 9;
    public const int GetSet = 10;
    public const int DeleteSet = 11;
    public const int NewElement = 12;
    public const int GetElement = 13;
    public const int DeleteElement = 14;
    public const int NewGeneration = 15;
    public const int GetGeneration = 16;
    public const int NewObject = 18;
    public const int GetObject = 19;
    public const int DeleteObject = 20;

    // The first attribute of every message that concerns a table is its name.
    public const int TableName = 1;
    public const int ListItem = 1;

    public const int TableFlags = 2;
    public const int TableOwner = 7;
    public const uint TableDormant = 1;
    public const uint TableOwned = 2;
    public const uint TablePersists = 4;

    public const int ChainName = 3;
    public const int ChainHook = 4;
    public const int ChainPolicy = 5;
    public const int ChainType = 7;
    public const int HookNumber = 1;
    public const int HookPriority = 2;
    public const uint HookForward = 2;

    public const int RuleChain = 2;
    public const int RuleExpressions = 4;
    public const int ExpressionName = 1;
    public const int ExpressionData = 2;

    public const int SetName = 2;
    public const int SetFlags = 3;
    public const int SetKeyType = 4;
    public const int SetKeyLength = 5;
    public const int SetDataType = 6;
    public const int SetId = 10;
    public const int SetUserData = 13;
    public const uint SetAnonymous = 1;
    public const uint SetConstant = 2;
    public const uint SetInterval = 4;
    public const uint SetMap = 8;
    public const uint SetConcatenation = 0x80;
    public const uint DataIsVerdict = 0xffff_ff00;

    public const int ElementSet = 2;
    public const int ElementList = 3;
    public const int ElementKey = 1;
    public const int ElementData = 2;
    public const int ElementFlags = 3;
    public const int ElementUserData = 6;
    public const uint ElementEndsInterval = 1;

    public const int DataValue = 1;
    public const int DataVerdict = 2;
    public const int VerdictCode = 1;
    public const int VerdictChain = 2;
    public const int VerdictDrop = 0;
    public const int VerdictAccept = 1;
    public const int VerdictJump = -3;
    public const int VerdictGoto = -4;
    public const int VerdictReturn = -5;

    public const int ObjectName = 2;
    public const int ObjectType = 3;
    public const int ObjectData = 4;
    public const uint ObjectCounter = 1;
    public const int CounterBytes = 1;
    public const int CounterPackets = 2;

    public const int GenerationId = 1;
    public const int GenerationProcess = 2;
    public const int GenerationProcessName = 3;
}
