namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>A job that this process has until it is disposed of.</summary>
internal sealed class ProofAttempt(ProofJobFiles files, FileStream held, ReadOnlyMemory<byte> input, DateTimeOffset deadline) : IProgress<double>, IDisposable
{
    private readonly Lock _gate = new();
    private double _reported;

    /// <summary>What was handed in.</summary>
    public ReadOnlyMemory<byte> Input => input;

    /// <summary>When the job's time is over.</summary>
    public DateTimeOffset Deadline => deadline;

    /// <summary>Keeps the proof. Throws <see cref="IOException"/> if the disk does not take it: it may be tried again.</summary>
    public void Finish(ReadOnlySpan<byte> proof) => ProofJobFiles.Write(files.Proof, proof);

    /// <summary>Notes why there is none, if the disk takes it: the attempt counts anyway.</summary>
    public void Fail(string reason, bool isFinal, DateTimeOffset time)
    {
        try
        {
            files.Fail(reason, isFinal, time);
        }
        catch (IOException)
        {
            // Without a reason it reads as one of which nothing was heard.
        }
    }

    /// <summary>For whoever looks on, in steps of a hundredth.</summary>
    public void Report(double value)
    {
        lock (_gate)
        {
            if (value < _reported + 0.01) return;
            _reported = value;
            files.Report(value);
        }
    }

    /// <summary>Lets others have the job.</summary>
    public void Dispose() => held.Dispose();
}
