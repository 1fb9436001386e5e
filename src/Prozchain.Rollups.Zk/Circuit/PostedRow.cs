namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>A posted row, or as much of it as there is up to its fault.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Behind its last byte, or that of the fault.</param>
/// <param name="IsFull">Whether fields follow its code.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="CodeEnd">Behind its code; 0 if the fault is before.</param>
internal readonly record struct PostedRow(int Start, int End, bool IsFull, RowFault Fault, int CodeEnd);
