namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>What makes the proofs of jobs.</summary>
/// <remarks>
/// An implementer owes: the proof depends on the input alone, so that a job may be tried again, elsewhere too; and it is checked
/// before it is given back.
/// </remarks>
public interface IProofWork
{
    /// <summary>Makes the proof of a job.</summary>
    /// <param name="input">As it was handed in.</param>
    /// <param name="progress">Told how much is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">The job itself is wrong: it is not tried again. After any other exception it is.</exception>
    ValueTask<ReadOnlyMemory<byte>> ProveAsync(ReadOnlyMemory<byte> input, IProgress<double>? progress, CancellationToken cancellationToken);
}
