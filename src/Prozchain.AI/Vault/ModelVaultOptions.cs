using Prozchain.AI.Codec;

namespace Prozchain.AI.Vault;

/// <summary>How a vault cuts and codes models, and how much memory it may use.</summary>
public sealed class ModelVaultOptions
{
    /// <summary>Bytes of a leaf: a multiple of 64, from 64 to 16 MiB. Default 1 MiB.</summary>
    public int LeafSize { get; init; } = 1024 * 1024;

    /// <summary>Data pieces of a stripe, k. Default 16.</summary>
    public int DataPieces { get; init; } = 16;

    /// <summary>Parity pieces of a stripe, m. Default 8; k + m is at most 255.</summary>
    public int ParityPieces { get; init; } = 8;

    /// <summary>
    /// Most bytes of buffers for all operations of the vault together. Default 64 MiB. It holds as many operations at a time as
    /// fit, <see cref="OperationMemory"/> each; more wait. Lists that grow with the model (64 bytes a stripe, while storing
    /// 8 bytes a piece besides, the tensors, the faults of a report) are not counted.
    /// </summary>
    public long MemoryBudget { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of buffers that one operation needs: a stripe, one piece with its path, and 33 bytes a piece.</summary>
    public long OperationMemory
    {
        get
        {
            int total = DataPieces + ParityPieces;
            return (long)LeafSize * total + PieceFrame.MaxSize(LeafSize, total) + total * 33L;
        }
    }

    /// <summary>The options under which a model was stored, with a budget of one's own.</summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="memoryBudget">Bytes, or null for what one operation needs.</param>
    public static ModelVaultOptions For(ModelManifest manifest, long? memoryBudget = null)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        VaultGeometry g = manifest.Geometry;
        var plain = new ModelVaultOptions { LeafSize = g.LeafSize, DataPieces = g.DataPieces, ParityPieces = g.ParityPieces };
        return new ModelVaultOptions
        {
            LeafSize = g.LeafSize,
            DataPieces = g.DataPieces,
            ParityPieces = g.ParityPieces,
            MemoryBudget = memoryBudget ?? plain.OperationMemory,
        };
    }

    internal void Check()
    {
        if (!LeafLayout.IsLeafSize(LeafSize))
            throw new ArgumentException($"Expected a leaf size that is a multiple of 64 from 64 to {LeafLayout.MaxLeafSize}, got {LeafSize}.");
        const int Most = StripeCode.MaxPieces;
        if (DataPieces < 1 || ParityPieces < 1 || DataPieces > Most || ParityPieces > Most - DataPieces)
            throw new ArgumentException($"Expected 1 or more data and parity pieces, {Most} at most in all, got {DataPieces} and {ParityPieces}.");
        long larger = (long)LeafSize * Math.Max(DataPieces, ParityPieces);
        if (larger > LeafLayout.MaxHalfStripe)
            throw new ArgumentException($"Expected at most {LeafLayout.MaxHalfStripe} bytes of data or of parity in a stripe, got {larger}.");
        if (MemoryBudget < OperationMemory)
            throw new ArgumentException($"Expected a memory budget of at least {OperationMemory} bytes here, got {MemoryBudget}.");
    }
}
