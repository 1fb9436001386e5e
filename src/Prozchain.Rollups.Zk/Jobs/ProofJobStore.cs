using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>
/// Proofs that are to be made, and those that are made, in a directory of a local disk: handed in, looked at and collected by any
/// process of the machine, made by <see cref="ProofWorker"/> in any. A job is named by its input, so that handing it in again, after
/// a crash too, finds what there is. A finished proof is kept until <see cref="Remove"/>. Thread-safe.
/// </summary>
/// <remarks>The layout of the directory is this version's own and no wire format.</remarks>
public sealed class ProofJobStore
{
    private readonly string _directory;
    private readonly TimeProvider _time;

    /// <summary>Opens a directory, which is made if need be.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="options">Bounds of the jobs; all processes should give the same.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ProofJobStore(string directory, ProofJobOptions? options = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Options = options ?? new ProofJobOptions();
        Options.Require();
        _directory = Directory.CreateDirectory(directory).FullName;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The bounds.</summary>
    public ProofJobOptions Options { get; }

    internal TimeProvider Time => _time;

    /// <summary>The name that a job with this input has.</summary>
    public static Digest32 IdOf(ReadOnlySpan<byte> input)
    {
        Span<byte> id = stackalloc byte[Digest32.Size];
        Blake3.Hash(input, id);
        return new Digest32(id);
    }

    /// <summary>Hands a job in; one that is there already is left as it is.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="ArgumentException">No bytes, or too many.</exception>
    /// <exception cref="IOException">It could not be written: it was not taken.</exception>
    public Digest32 Submit(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty || input.Length > Options.MaxBytes) throw new ArgumentException($"Expected 1 to {Options.MaxBytes} bytes, got {input.Length}.", nameof(input));
        Digest32 id = IdOf(input);
        ProofJobFiles files = FilesOf(id);
        lock (_directory)
        {
            Directory.CreateDirectory(FolderOf(id));
            if (!File.Exists(files.Input)) ProofJobFiles.Write(files.Input, input);
            if (files.Times().Count == 0) files.Note(_time.GetUtcNow());
        }
        return id;
    }

    /// <summary>What is known of a job.</summary>
    public ProofJob Find(Digest32 id)
    {
        ProofJobFiles files = FilesOf(id);
        List<DateTimeOffset> times = files.Times();
        if (times.Count == 0) return new ProofJob(id, ProofJobState.Unknown, 0, default, 0, null);
        (string Reason, bool IsFinal, DateTimeOffset Time)? failure = files.Reason();
        ProofJob job = new(id, ProofJobState.Finished, times.Count - 1, times[0], 1, failure?.Reason);
        if (File.Exists(files.Proof)) return job;
        if (files.IsLocked()) return job with { State = ProofJobState.Running, Progress = files.Reported(), Worker = files.ReportedWorker() };
        return WhyNot(times, failure) is { } why
            ? job with { State = ProofJobState.Failed, Progress = 0, Failure = why }
            : job with { State = ProofJobState.Queued, Progress = 0 };
    }

    /// <summary>The proof of a finished job, as it was made.</summary>
    /// <returns>False while there is none. A file that is not as it was written is put aside, and the job tried again.</returns>
    /// <exception cref="IOException">The disk cannot be read now: the proof stays where it is.</exception>
    public bool TryRead(Digest32 id, out ReadOnlyMemory<byte> proof)
    {
        ProofJobFiles files = FilesOf(id);
        if (ProofJobFiles.TryRead(files.Proof, Options.MaxBytes, out proof)) return true;
        if (!File.Exists(files.Proof)) return false;
        File.Move(files.Proof, files.Proof + ".damaged", overwrite: true);
        Again(id);
        return false;
    }

    /// <summary>Waits until a job is finished or failed.</summary>
    /// <param name="poll">How often to look.</param>
    public async ValueTask<ProofJob> WaitAsync(Digest32 id, TimeSpan poll, CancellationToken cancellationToken)
    {
        while (true)
        {
            ProofJob job = Find(id);
            if (job.State is ProofJobState.Unknown or ProofJobState.Finished or ProofJobState.Failed) return job;
            await Task.Delay(poll, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>All jobs, the oldest first.</summary>
    public IReadOnlyList<ProofJob> List() =>
        [.. Ids().Select(Find).Where(static job => job.State != ProofJobState.Unknown).OrderBy(static job => job.Submitted).ThenBy(static job => job.Id)];

    /// <summary>Gives a job that is not finished all its attempts and time again.</summary>
    /// <returns>False if it is unknown, finished, or a worker has it.</returns>
    public bool Again(Digest32 id)
    {
        ProofJobFiles files = FilesOf(id);
        if (!File.Exists(files.Input) || File.Exists(files.Proof)) return false;
        using FileStream? held = files.TryLock();
        if (held is null) return false;
        files.Forget();
        files.Note(_time.GetUtcNow());
        return true;
    }

    /// <summary>Takes a job and its proof away.</summary>
    /// <returns>False if it is unknown or a worker has it.</returns>
    public bool Remove(Digest32 id)
    {
        if (!Directory.Exists(FolderOf(id))) return false;
        using FileStream? held = FilesOf(id).TryLock();
        if (held is null) return false;
        Directory.Delete(FolderOf(id), recursive: true);
        return true;
    }

    /// <summary>Begins an attempt at the oldest job that waits; null if there is none.</summary>
    internal ProofAttempt? TryBegin()
    {
        foreach (ProofJob job in List())
        {
            if (job.State != ProofJobState.Queued) continue;
            ProofJobFiles files = FilesOf(job.Id);
            FileStream? held = files.TryLock();
            if (held is null) continue;
            try
            {
                // It may have been taken, and finished, since it was looked at.
                List<DateTimeOffset> times = files.Times();
                DateTimeOffset now = _time.GetUtcNow();
                (string Reason, bool IsFinal, DateTimeOffset Time)? failure = files.Reason();
                if (times.Count > 0 && !File.Exists(files.Proof) && WhyNot(times, failure) is null && now >= Options.After(times.Count - 1, failure?.Time ?? times[^1]))
                {
                    if (ProofJobFiles.TryRead(files.Input, Options.MaxBytes, out ReadOnlyMemory<byte> input) && IdOf(input.Span) == job.Id)
                    {
                        files.Note(now);
                        files.Report(0);
                        files.ReportWorker();
                        ProofAttempt attempt = new(files, held, input, times[0] + Options.MaxTotalTime);
                        held = null;
                        return attempt;
                    }
                    files.Fail("The input on the disk is not what was handed in.", isFinal: true, now);
                }
            }
            finally
            {
                held?.Dispose();
            }
        }
        return null;
    }

    private string? WhyNot(List<DateTimeOffset> times, (string Reason, bool IsFinal, DateTimeOffset Time)? failure)
    {
        string last = failure?.Reason ?? "nothing was heard of the last attempt";
        if (failure is { IsFinal: true }) return last;
        if (times.Count > Options.MaxAttempts) return $"Expected a proof after {Options.MaxAttempts} attempts, got none: {last}";
        return _time.GetUtcNow() >= times[0] + Options.MaxTotalTime ? $"Expected a proof within {Options.MaxTotalTime}, got none: {last}" : null;
    }

    private IEnumerable<Digest32> Ids()
    {
        foreach (string folder in Directory.EnumerateDirectories(_directory))
        {
            string name = Path.GetFileName(folder);
            if (name.Length == 2 * Digest32.Size && name.All(char.IsAsciiHexDigitLower)) yield return new Digest32(Convert.FromHexString(name));
        }
    }

    private string FolderOf(Digest32 id) => Path.Combine(_directory, Convert.ToHexStringLower(id.Span));

    private ProofJobFiles FilesOf(Digest32 id) => new(FolderOf(id));
}
