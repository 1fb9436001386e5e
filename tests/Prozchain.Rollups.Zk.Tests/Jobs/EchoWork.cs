using Prozchain.Rollups.Zk.Jobs;

namespace Prozchain.Rollups.Zk.Tests.Jobs;

/// <summary>The proof of a job is its input backwards; what else it does a test may say.</summary>
internal sealed class EchoWork(Func<ReadOnlyMemory<byte>, CancellationToken, Task>? before = null) : IProofWork
{
    public int Calls { get; private set; }

    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ReadOnlyMemory<byte> input, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Calls++;
        progress?.Report(0.5);
        if (before is not null) await before(input, cancellationToken);
        return ProofOf(input.Span);
    }

    public static byte[] ProofOf(ReadOnlySpan<byte> input)
    {
        byte[] proof = input.ToArray();
        proof.AsSpan().Reverse();
        return proof;
    }
}
