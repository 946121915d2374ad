using System.Data.Common;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Akka.Pattern;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>
/// What an answer may say of an exception: the kind of fault, in our own words. An exception's own text belongs in the log alone: a driver's names its host, port
/// and user, and whoever reads an answer need not be the one who runs the database.
/// </summary>
internal static partial class SafeReason
{
    private const int DiskFull = 28;
    private const int WindowsDiskFull = 112;

    /// <summary>A few words such as <c>connection refused</c> or <c>disk full (SQLSTATE 53100)</c>; the type's name where nothing is known of it.</summary>
    public static string Of(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return Causes(cause).Select(Known).FirstOrDefault(r => r is not null) ?? (cause is DbException ? $"its driver reports {cause.GetType().Name}" : cause.GetType().Name);
    }

    /// <summary>Whether the database could not be asked, so that asking again may help: what it answered is no such fault, unless it is only for now.</summary>
    public static bool IsPassing(Exception cause) => cause is TimeoutException || (cause is DbException e && (e.IsTransient || e.SqlState is not { } state || IsForNow(state)));

    /// <summary>Whether the database let its user in, and refused what the user wanted.</summary>
    public static bool IsDenied(Exception cause) => Causes(cause).Any(e => e is DbException { SqlState: "42501" });

    // A standby, a lock, a time-out; 08 connection, 53 resources, 57P the server stops or starts.
    private static bool IsForNow(string state) => state is "25006" or "55P03" or "57014" || state.StartsWith("08", StringComparison.Ordinal)
        || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal);

    private static string? Known(Exception e) => e switch
    {
        DbException { SqlState: { } state } => OfState(state),
        DbException when SqliteCode().Match(e.Message) is { Success: true } m => OfSqlite(m.Groups[1].Value),
        SocketException s => OfSocket(s.SocketErrorCode),
        TimeoutException or OperationCanceledException => "no answer in time",
        AuthenticationException => "TLS failed",
        EndOfStreamException => "connection cut",
        OpenCircuitException => "too many failures in a row, so that it is left alone for a while",
        IOException io when (io.HResult & 0xFFFF) is DiskFull or WindowsDiskFull => "disk full",
        UnauthorizedAccessException => "permission denied",
        _ => null,
    };

    private static string OfState(string state)
    {
        var kind = state switch
        {
            "42501" => "permission denied",
            "53100" => "disk full",
            "53300" => "too many connections",
            "25006" => "it takes no writes",
            "3D000" => "no such database",
            "42P01" => "a table is missing",
            "55P03" => "a lock was not had in time",
            "57014" => "no answer in time",
            _ when state.StartsWith("08", StringComparison.Ordinal) => "connection failed",
            _ when state.StartsWith("28", StringComparison.Ordinal) => "authentication failed",
            _ when state.StartsWith("57P", StringComparison.Ordinal) => "it stops or starts",
            _ => "it reports an error",
        };
        // Five letters and digits, whatever a server says.
        return State().IsMatch(state) ? $"{kind} (SQLSTATE {state})" : kind;
    }

    private static string OfSqlite(string code) => code switch
    {
        "5" or "6" => $"locked (SQLite error {code})",
        "8" => "read-only (SQLite error 8)",
        "10" => "disk fault (SQLite error 10)",
        "11" or "26" => $"its file is damaged (SQLite error {code})",
        "13" => "disk full (SQLite error 13)",
        "14" => "its file cannot be opened (SQLite error 14)",
        _ => $"SQLite error {code}",
    };

    private static string OfSocket(SocketError code) => code switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.TimedOut => "no answer in time",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "its host's name is not known",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown => "its host cannot be reached",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "connection cut",
        _ => $"connection failed ({code})",
    };

    private static IEnumerable<Exception> Causes(Exception? cause) => cause switch
    {
        null => [],
        AggregateException a => a.InnerExceptions.SelectMany(Causes),
        _ => Causes(cause.InnerException).Prepend(cause),
    };

    // SQLite's driver has its code in a class of its own, which only the storage knows, and before its text.
    [GeneratedRegex("^SQLite Error ([0-9]{1,3}):")]
    private static partial Regex SqliteCode();

    [GeneratedRegex("^[0-9A-Z]{5}$")]
    private static partial Regex State();
}
