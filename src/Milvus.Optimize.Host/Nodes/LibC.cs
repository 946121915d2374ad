using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>The few calls that .NET has no word for.</summary>
internal static partial class LibC
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int Append = 0x400;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;

    /// <summary>
    /// Opens an existing file to read and write. File.OpenHandle would take a lock of its own on it, so that a reader could keep the next holder out.
    /// </summary>
    public static SafeFileHandle? Open(string path)
    {
        var descriptor = Open(path, ReadWrite | (OperatingSystem.IsLinux() ? CloseOnExec : 0));
        return descriptor < 0 ? null : new(descriptor, ownsHandle: true);
    }

    /// <summary>Opens an existing file so that several processes can write lines to its end.</summary>
    public static SafeFileHandle? OpenToAppend(string path)
    {
        var descriptor = Open(path, ReadWrite | (OperatingSystem.IsLinux() ? Append | CloseOnExec : 0));
        return descriptor < 0 ? null : new(descriptor, ownsHandle: true);
    }

    /// <summary>Takes the file's lock if nobody has it; it is freed when the handle closes, however the process ends.</summary>
    public static bool TryLock(SafeFileHandle file) => Flock(file, LockExclusive | LockNonBlocking) == 0;

    /// <summary>Makes this process the head of a session of its own: a closing terminal no longer reaches it.</summary>
    public static void LeaveSession() => SetSid();

    /// <summary>The session of a process; 0 means this one.</summary>
    public static int SessionOf(int process) => GetSid(process);

    /// <summary>Lets a standard stream be this file from now on.</summary>
    public static void Redirect(SafeFileHandle file, int descriptor) => Dup2(file, descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int SetSid();

    [LibraryImport("libc", EntryPoint = "getsid", SetLastError = true)]
    private static partial int GetSid(int process);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2(SafeFileHandle from, int to);
}
