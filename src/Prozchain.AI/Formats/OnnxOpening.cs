namespace Prozchain.AI.Formats;

/// <summary>What came of opening an ONNX file.</summary>
/// <param name="Status">Ok, or what is wrong with the file.</param>
/// <param name="ErrorOffset">Where in the file reading ended: near the fault, when there is one.</param>
/// <param name="Reader">The reader when the status is Ok, else null.</param>
public readonly record struct OnnxOpening(OnnxStatus Status, long ErrorOffset, OnnxReader? Reader);
