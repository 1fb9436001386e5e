namespace Prozchain.Devnet.Reporting;

/// <summary>Where all value is at the end of a run, in base units.</summary>
internal sealed record SupplySummary
{
    public required ulong Genesis { get; init; }

    /// <summary>Sum of all shard accounts but the escrow.</summary>
    public required ulong Shards { get; init; }

    /// <summary>In receipts that were sent and not yet applied.</summary>
    public required ulong InFlight { get; init; }

    /// <summary>Sum of all rollup accounts but of those who left.</summary>
    public required ulong Rollup { get; init; }

    /// <summary>The shard account that backs what the bridge holds and what it paid out.</summary>
    public required ulong Escrow { get; init; }

    /// <summary>What the bridge holds.</summary>
    public required ulong Bridge { get; init; }

    /// <summary>What it paid out.</summary>
    public required ulong Left { get; init; }

    /// <summary>Nothing was made, nothing was lost, and the rollup is fully backed.</summary>
    public bool IsBalanced => (UInt128)Shards + InFlight + Escrow == Genesis && (UInt128)Bridge + Left == Escrow && Bridge == Rollup;
}

/// <summary>What became of the file in the model vault.</summary>
internal sealed record VaultSummary
{
    public required string File { get; init; }

    public required string Format { get; init; }

    public required int Tensors { get; init; }

    public required long RawBytes { get; init; }

    public required long StoredBytes { get; init; }

    public required int Stores { get; init; }

    public required int DeletedPieces { get; init; }

    /// <summary>The vault's bound on its buffers, in bytes.</summary>
    public required long MemoryBudget { get; init; }

    public required string Digest { get; init; }

    public double Ratio => RawBytes == 0 ? 0 : (double)StoredBytes / RawBytes;
}

/// <summary>The commitment to the run's table of blocks.</summary>
internal sealed record TableSummary(int Rows, int Columns, int OpenedRows, string Root);

/// <summary>Everything that is known once a run has ended.</summary>
internal sealed record RunSummary
{
    public required SupplySummary Supply { get; init; }

    public required VaultSummary? Vault { get; init; }

    public required ModelSummary? Model { get; init; }

    public required TableSummary Table { get; init; }

    /// <summary>State root of the rollup, hexadecimal.</summary>
    public required string RollupRoot { get; init; }

    /// <summary>SHA-256 over the shards' state roots in the layout's order, hexadecimal.</summary>
    public required string ShardsRoot { get; init; }

    public required double Seconds { get; init; }

    public required long PeakMemoryBytes { get; init; }
}
