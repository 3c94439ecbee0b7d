using Microsoft.Extensions.Logging;

namespace Ringfence.Agent;

public sealed partial class ApiAgent
{
    // Event ids are fixed: whoever watches logs goes by them. Never give one a second meaning.
    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Information, "synced after {Milliseconds} ms: {Pods} pods, {Policies} policies, {LocalPods} pods of this node")]
        public static partial void Synced(ILogger logger, long milliseconds, int pods, int policies, int localPods);

        [LoggerMessage(1002, LogLevel.Information, "committed in {Milliseconds:0.00} ms, of it {KernelMilliseconds:0.00} in the kernel: {Objects} objects had changed; {Change}; in force: {Rulesets} rulesets, {Sets} sets")]
        public static partial void Committed(ILogger logger, double milliseconds, double kernelMilliseconds, int objects, string change, int rulesets, int sets);

        [LoggerMessage(1003, LogLevel.Error, "the kernel refused, what was enforced before stays in force; trying again in {Seconds} s: {Reason}")]
        public static partial void Refused(ILogger logger, double seconds, string reason);

        [LoggerMessage(1004, LogLevel.Warning, "somebody else changed the node's rules, which is repaired: {By}: {Differences}")]
        public static partial void Repaired(ILogger logger, string by, string differences);

        [LoggerMessage(1005, LogLevel.Warning, "pod {Pod} stays closed: {Reason}")]
        public static partial void Closed(ILogger logger, string pod, string reason);

        [LoggerMessage(1006, LogLevel.Information, "pod {Pod} is closed no more")]
        public static partial void ClosedNoMore(ILogger logger, string pod);

        [LoggerMessage(1007, LogLevel.Error, "{Object} cannot be read, {Instead}: {Reason}")]
        public static partial void Unreadable(ILogger logger, string @object, string instead, string reason);

        [LoggerMessage(1008, LogLevel.Information, "{Object} can be read again, or is gone")]
        public static partial void ReadableAgain(ILogger logger, string @object);

        [LoggerMessage(1009, LogLevel.Warning, "{Problem}")]
        public static partial void Problem(ILogger logger, string problem);

        [LoggerMessage(1010, LogLevel.Warning, "the API cannot be reached, what is enforced stays in force: {Reason}")]
        public static partial void ApiLost(ILogger logger, string reason);

        [LoggerMessage(1011, LogLevel.Information, "the API is back")]
        public static partial void ApiBack(ILogger logger);

        [LoggerMessage(1012, LogLevel.Information, "nothing was enforced here before: the node's pod ranges {Ranges} are closed until all objects are known")]
        public static partial void Guarded(ILogger logger, string ranges);

        [LoggerMessage(1013, LogLevel.Information, "ending: what is enforced stays in force")]
        public static partial void Ending(ILogger logger);

        [LoggerMessage(1014, LogLevel.Information, "allowed connections are logged: {IsLogged}")]
        public static partial void LogAllowed(ILogger logger, bool isLogged);

        [LoggerMessage(1015, LogLevel.Information, "{Cut} flows cut that are denied now, {Restored} let go on that are allowed again")]
        public static partial void Revoked(ILogger logger, int cut, int restored);

        [LoggerMessage(1020, LogLevel.Warning, "established flows could not be judged, which is tried again: {Reason}")]
        public static partial void NotRevoked(ILogger logger, string reason);

        [LoggerMessage(1016, LogLevel.Error, "something went wrong inside; what is enforced stays in force; trying again in {Seconds} s")]
        public static partial void Failed(ILogger logger, double seconds, Exception problem);

        [LoggerMessage(1017, LogLevel.Warning, "the API knows no node {Node}: its pod ranges are not known")]
        public static partial void NoNode(ILogger logger, string node);
    }
}
