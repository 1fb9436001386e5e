using System.Buffers;
using System.Security.Cryptography;
using Prozchain.AI.Ports;
using Prozchain.AI.Vault;
using Prozchain.Devnet.Reporting;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// Puts a file into the model vault over 24 piece stores, deletes 8 pieces of every stripe, reads the file back,
/// compares digests, and repairs what was deleted.
/// </summary>
internal sealed class VaultStage(string directory)
{
    public const int Stores = 24;

    private const int DeletedPerStripe = 8;

    /// <exception cref="RunUnusableException">The file cannot be read.</exception>
    /// <exception cref="RunBrokenException">What came back is not what went in.</exception>
    public async Task<VaultSummary> RunAsync(string path, CancellationToken cancellationToken)
    {
        IPieceStore[] stores = [.. Enumerable.Range(0, Stores).Select(i => new DirectoryPieceStore(Path.Combine(directory, $"store-{i:D2}")))];
        var options = new ModelVaultOptions();
        var vault = new ModelVault(stores, options);
        byte[] expected;
        ModelManifest manifest;
        try
        {
            FileStream source = File.OpenRead(path);
            await using (source.ConfigureAwait(false))
            {
                if (!source.CanSeek) throw new RunUnusableException($"Cannot read the file '{path}' twice: it is a pipe or a device.");
                expected = await SHA256.HashDataAsync(source, cancellationToken).ConfigureAwait(false);
                source.Position = 0;
                manifest = await vault.StoreAsync(source, Path.GetFileName(path), cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new RunUnusableException($"Cannot read the file '{path}': {e.Message}");
        }
        await KeepManifestAsync(manifest, cancellationToken).ConfigureAwait(false);

        int deleted = 0;
        var seen = new HashSet<PieceKey>();
        for (int stripe = 0; stripe < manifest.Geometry.StripeCount; stripe++)
        {
            // Equal stripes are stored once, and can lose no more than eight pieces together.
            if (!seen.Add(manifest.KeyOf(stripe, 0))) continue;
            // Another eight of the 24 in each stripe, so that data and parity pieces are both among the lost.
            for (int i = 0; i < DeletedPerStripe; i++)
            {
                int piece = (stripe + 3 * i) % manifest.Geometry.TotalPieces;
                if (await stores[manifest.StoreOf(stripe, piece)].DeleteAsync(manifest.KeyOf(stripe, piece), cancellationToken).ConfigureAwait(false)) deleted++;
            }
        }
        await ReadBackAsync(vault, manifest, expected, cancellationToken).ConfigureAwait(false);
        VaultReport repaired = await vault.RepairAsync(manifest, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (manifest.Geometry.StripeCount > 0 && repaired.Status != VaultStatus.Repaired) throw new RunBrokenException($"the vault's repair ended with {repaired.Status}");

        return new VaultSummary
        {
            File = Path.GetFileName(path),
            Format = manifest.Format.ToString(),
            Tensors = manifest.Tensors.Count,
            RawBytes = manifest.Geometry.RawSize,
            StoredBytes = manifest.Geometry.StoredSize,
            Stores = Stores,
            DeletedPieces = deleted,
            MemoryBudget = options.MemoryBudget,
            Digest = Convert.ToHexStringLower(manifest.ModelRoot.Span),
        };
    }

    private static async Task ReadBackAsync(ModelVault vault, ModelManifest manifest, byte[] expected, CancellationToken cancellationToken)
    {
        using var digest = SHA256.Create();
        var sink = new CryptoStream(Stream.Null, digest, CryptoStreamMode.Write);
        VaultReport read;
        await using (sink.ConfigureAwait(false))
        {
            read = await vault.ReadAsync(manifest, sink, cancellationToken: cancellationToken).ConfigureAwait(false);
            await sink.FlushFinalBlockAsync(cancellationToken).ConfigureAwait(false);
        }
        if (!read.IsComplete) throw new RunBrokenException($"the vault's read ended with {read.Status} after {read.BytesVerified} bytes");
        if (!expected.AsSpan().SequenceEqual(digest.Hash)) throw new RunBrokenException("the vault gave back other bytes than it was given");
    }

    private async Task KeepManifestAsync(ModelManifest manifest, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>();
        manifest.Write(bytes);
        await File.WriteAllBytesAsync(Path.Combine(directory, "manifest"), bytes.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }
}
