namespace Prozchain.Rollups.Batches;

/// <summary>Where bytes of a batch went.</summary>
/// <param name="Name">The column, as its codec calls it.</param>
/// <param name="Bytes">Its length in the batch.</param>
public readonly record struct ColumnSize(string Name, int Bytes);
