using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>
/// The folder of one job. <c>input</c> and <c>proof</c> are whole or absent, each behind its BLAKE3; <c>attempts</c> is a list of
/// times, the first that of handing in, written to the disk before what it tells of begins; <c>failure</c> is the last reason;
/// <c>lock</c> is held open by the worker that has the job, and falls with its process.
/// </summary>
internal readonly struct ProofJobFiles(string folder)
{
    private const int RecordSize = 2 * sizeof(long), MaxRecords = 1 << 16, MaxReason = 4096;

    // Sets records of this version apart, and torn ones from whole ones.
    private const long Mark = 0x30626f6a_7a6f7250;

    public string Input => Path.Combine(folder, "input");

    public string Proof => Path.Combine(folder, "proof");

    private string Attempts => Path.Combine(folder, "attempts");

    private string Failure => Path.Combine(folder, "failure");

    private string Progress => Path.Combine(folder, "progress");

    private string Worker => Path.Combine(folder, "worker");

    private string Lock => Path.Combine(folder, "lock");

    /// <summary>Writes bytes under a name that they get only when they are on the disk.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Blake3.DigestSize];
        Blake3.Hash(bytes, digest);
        // Two processes may hand in the same job.
        string unfinished = $"{path}.{Environment.ProcessId}.part";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(digest);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Reads what <see cref="Write"/> wrote: false if it is not there, or not as it was written. A disk that cannot be read throws: what it holds may be whole.</summary>
    public static bool TryRead(string path, long maxBytes, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length < Blake3.DigestSize || file.Length - Blake3.DigestSize > maxBytes) return false;
            byte[] all = new byte[file.Length];
            file.ReadExactly(all);
            Span<byte> digest = stackalloc byte[Blake3.DigestSize];
            Blake3.Hash(all.AsSpan(Blake3.DigestSize), digest);
            if (!digest.SequenceEqual(all.AsSpan(0, Blake3.DigestSize))) return false;
            bytes = all.AsMemory(Blake3.DigestSize);
            return true;
        }
        catch (Exception failure) when (IsAbsent(failure) || failure is EndOfStreamException)
        {
            return false;
        }
    }

    /// <summary>Notes a time on the disk. What a crash left half written before it is written over.</summary>
    public void Note(DateTimeOffset time)
    {
        Span<byte> record = stackalloc byte[RecordSize];
        BinaryPrimitives.WriteInt64LittleEndian(record, time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(record[sizeof(long)..], time.ToUnixTimeMilliseconds() ^ Mark);
        using var file = new FileStream(Attempts, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Position = file.Length / RecordSize * RecordSize;
        file.Write(record);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The times noted: of handing in, then of each attempt's begin.</summary>
    public List<DateTimeOffset> Times()
    {
        var times = new List<DateTimeOffset>();
        try
        {
            using var file = new FileStream(Attempts, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            Span<byte> record = stackalloc byte[RecordSize];
            while (times.Count < MaxRecords && file.ReadAtLeast(record, RecordSize, throwOnEndOfStream: false) == RecordSize)
            {
                long time = BinaryPrimitives.ReadInt64LittleEndian(record);
                // A damaged record is an attempt all the same, so that damage never makes attempts endless.
                bool isWhole = BinaryPrimitives.ReadInt64LittleEndian(record[sizeof(long)..]) == (time ^ Mark);
                times.Add(isWhole ? DateTimeOffset.FromUnixTimeMilliseconds(time) : times.LastOrDefault());
            }
        }
        catch (Exception failure) when (IsAbsent(failure))
        {
            // No such job.
        }
        return times;
    }

    /// <summary>Forgets attempts and reason.</summary>
    public void Forget()
    {
        File.Delete(Attempts);
        File.Delete(Failure);
    }

    /// <summary>Notes why an attempt failed, and when it ended.</summary>
    public void Fail(string reason, bool isFinal, DateTimeOffset time)
    {
        if (reason.Length > MaxReason) reason = reason[..MaxReason];
        Write(Failure, Encoding.UTF8.GetBytes($"{(isFinal ? 1 : 0)}{time.ToUnixTimeMilliseconds().ToString("D20", CultureInfo.InvariantCulture)}{reason}"));
    }

    /// <summary>The last reason, if there is one; whether it is final; when that attempt ended.</summary>
    public (string Reason, bool IsFinal, DateTimeOffset Time)? Reason()
    {
        if (!TryRead(Failure, 4 * MaxReason, out ReadOnlyMemory<byte> bytes) || bytes.Length < 21) return null;
        string text = Encoding.UTF8.GetString(bytes.Span);
        return long.TryParse(text.AsSpan(1, 20), NumberStyles.None, CultureInfo.InvariantCulture, out long time)
            ? (text[21..], text[0] == '1', DateTimeOffset.FromUnixTimeMilliseconds(time)) : null;
    }

    /// <summary>Takes the job for this process; null if another worker has it.</summary>
    public FileStream? TryLock()
    {
        try
        {
            return new FileStream(Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether a worker has the job. Those who look never stand in each other's way.</summary>
    public bool IsLocked()
    {
        try
        {
            using var file = new FileStream(Lock, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return false;
        }
        catch (IOException failure)
        {
            return !IsAbsent(failure);
        }
    }

    /// <summary>Tells who looks on how far the attempt is; nothing rests on it, so that it need not reach the disk.</summary>
    public void Report(double progress) => Tell(Progress, progress);

    /// <summary>What was reported, 0 to 1.</summary>
    public double Reported() => Told(Progress) is >= 0 and <= 1 and var progress ? progress : 0;

    /// <summary>Tells which process has the job.</summary>
    public void ReportWorker() => Tell(Worker, Environment.ProcessId);

    /// <summary>The process that last had the job; 0 if none is known.</summary>
    public int ReportedWorker() => Told(Worker) is >= 0 and <= int.MaxValue and var worker ? (int)worker : 0;

    private static bool IsAbsent(Exception failure) => failure is FileNotFoundException or DirectoryNotFoundException;

    private static void Tell(string path, double value)
    {
        try
        {
            File.WriteAllText(path, value.ToString("R", CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // Who looks on sees what was told before.
        }
    }

    private static double Told(string path)
    {
        try
        {
            return double.TryParse(File.ReadAllText(path), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
