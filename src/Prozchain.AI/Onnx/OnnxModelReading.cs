using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>What came of reading an ONNX model.</summary>
/// <param name="Status">Ok, or what is wrong with the model.</param>
/// <param name="ErrorOffset">Where in the file reading ended: near the fault, when there is one.</param>
/// <param name="Model">The model when the status is Ok, else null.</param>
public readonly record struct OnnxModelReading(OnnxStatus Status, long ErrorOffset, OnnxModel? Model);
