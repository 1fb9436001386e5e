namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>A field behind the code of a full row.</summary>
/// <param name="Field">Which.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Behind its last byte.</param>
internal readonly record struct FieldSpan(RowField Field, int Start, int End);
