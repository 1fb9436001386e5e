namespace Prozchain.AI.Formats;

/// <summary>What a model file is. The numbers are part of wire formats.</summary>
public enum ModelFormat : byte
{
    /// <summary>Bytes without known structure.</summary>
    Opaque = 0,
    /// <summary>A safetensors file.</summary>
    Safetensors = 1,
}
