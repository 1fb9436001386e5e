namespace Prozchain.AI.Formats;

/// <summary>What came of opening a file of external data.</summary>
/// <param name="Status">Ok, or what is wrong with the file.</param>
/// <param name="ErrorOffset">Offset in that file of the tensor that does not fit, when there is one.</param>
/// <param name="Reader">The reader when the status is Ok, else null.</param>
public readonly record struct OnnxDataOpening(OnnxStatus Status, long ErrorOffset, OnnxDataReader? Reader);
