namespace Prozchain.AI.Onnx;

/// <summary>Ends the work on one node: what it asks for is not offered or does not fit. Never leaves this library: whoever runs nodes turns it into a result.</summary>
internal sealed class OnnxRefusal(string reason) : Exception(reason);
