namespace Prozchain.Rollups.Batches;

/// <summary>How a column of numbers is written.</summary>
internal enum ColumnForm : byte
{
    /// <summary>All of them packed.</summary>
    Packed = 0,

    /// <summary>One number but for a few others, which are listed with the gaps before them.</summary>
    Sparse = 1,

    /// <summary>Places in an ascending list of the few values that occur.</summary>
    Dictionary = 2,
}

/// <summary>The form of a column and its packed parts: the column itself; gaps and values, and what all other numbers are; dictionary and places.</summary>
internal readonly record struct NumberPlan(ColumnForm Form, int Entries, ulong Usual, PackedNumbers First, PackedNumbers Second)
{
    /// <summary>No dictionary is larger.</summary>
    public const int MaxEntries = 64;
}
