using System.Diagnostics;
using System.Security.Cryptography;
using Prozchain.Rollups;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Adapters;

/// <summary>
/// Proofs of megabytes, which no record of the beacon has room for: each lies in a file, and the settlement layer is handed the SHA-256 by
/// which it is found there. Which system they are of is said once the rollup's contracts are there, since it names one of them.
/// </summary>
/// <param name="directory">Where the files are.</param>
internal sealed class FiledProofs(string directory) : IProofSystem
{
    private readonly string _directory = Directory.CreateDirectory(directory).FullName;

    /// <summary>The system; null before it is known, when nothing is proven.</summary>
    public IProofSystem? System { get; set; }

    /// <summary>Told of each proof that is made.</summary>
    public Action<string>? Note { get; set; }

    public Digest32 SetupId => System?.SetupId ?? default;

    public string? OnChainVerifier => null;

    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        IProofSystem system = System ?? throw new ArgumentException("Expected a rollup whose contracts are there, got none.", nameof(statement));
        long start = Stopwatch.GetTimestamp();
        ReadOnlyMemory<byte> proof = await system.ProveAsync(statement, progress, cancellationToken).ConfigureAwait(false);
        byte[] name = SHA256.HashData(proof.Span);
        await File.WriteAllBytesAsync(PathOf(name), proof, cancellationToken).ConfigureAwait(false);
        Note?.Invoke(FormattableString.Invariant($"proof {Convert.ToHexStringLower(name)[..16]}: {proof.Length} bytes after {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
        return name;
    }

    public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof)
    {
        if (System is null || proof.Length != SHA256.HashSizeInBytes || !File.Exists(PathOf(proof))) return false;
        byte[] filed = File.ReadAllBytes(PathOf(proof));
        return SHA256.HashData(filed).AsSpan().SequenceEqual(proof) && System.Verify(statement, filed);
    }

    private string PathOf(ReadOnlySpan<byte> name) => Path.Combine(_directory, Convert.ToHexStringLower(name) + ".proof");
}
