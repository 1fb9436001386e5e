namespace Prozchain.AI.Formats;

/// <summary>What a model file is. The numbers are part of wire formats.</summary>
public enum ModelFormat : byte
{
    /// <summary>Bytes without known structure.</summary>
    Opaque = 0,
    /// <summary>A safetensors file.</summary>
    Safetensors = 1,
    /// <summary>A GGUF file.</summary>
    Gguf = 2,
    /// <summary>An ONNX model: a protobuf file whose initialisers may lie in it or in files of external data.</summary>
    Onnx = 3,
    /// <summary>A file of external data of an ONNX model.</summary>
    OnnxData = 4,
    /// <summary>Safetensors files under one index, as one: the files one after the other, in the ordinal order of their names.</summary>
    ShardedSafetensors = 5,
}
