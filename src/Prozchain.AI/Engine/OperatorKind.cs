namespace Prozchain.AI.Engine;

/// <summary>
/// The operators of the integer engine. The numbers are part of the encoding; formulas, inputs and attributes are those of
/// docs/adr/0046-integer-engine.md and docs/formats/ai-graph.md.
/// </summary>
public enum OperatorKind
{
    /// <summary>x[.., M, K] · constant w[K, N] + optional constant bias[N] → I32.</summary>
    MatMul = 0,

    /// <summary>x[.., M, K] · y[.., K, N], or y[.., N, K] transposed → I32.</summary>
    BatchMatMul = 1,

    /// <summary>Convolution of x[C, H, W] with constant w[O, C / groups, h, w] + optional constant bias[O] → I32.</summary>
    Conv = 2,

    /// <summary>clamp(floor((x·M + 2^(s-1)) / 2^s) + Z, lo, hi).</summary>
    Requantise = 3,

    /// <summary>As <see cref="Requantise"/>, with M and s of the channel.</summary>
    RequantiseChannels = 4,

    /// <summary>clamp(floor((a·Ma + b·Mb + 2^(s-1)) / 2^s) + Z, lo, hi), with broadcasting.</summary>
    AddScaled = 5,

    /// <summary>x·y → I32, with broadcasting.</summary>
    Multiply = 6,

    /// <summary>Largest element of each window of x[C, H, W]; padding does not take part.</summary>
    MaxPool = 7,

    /// <summary>Sum of each window of x[C, H, W] → I32; padding counts as zero.</summary>
    SumPool = 8,

    /// <summary>table[x - least of x's type].</summary>
    Lookup = 9,

    /// <summary>Softmax over the last axis.</summary>
    Softmax = 10,

    /// <summary>Layer normalisation over the last axis.</summary>
    LayerNorm = 11,

    /// <summary>Root-mean-square normalisation over the last axis.</summary>
    RmsNorm = 12,

    /// <summary>Rotary position embedding of the last axis.</summary>
    Rotary = 13,

    /// <summary>The positions of this step's tokens in the request's context → I32.</summary>
    Positions = 14,

    /// <summary>Softmax attention of q[T, H, D] over k[S, G, D] and v[S, G, E], with or without a KV cache.</summary>
    Attention = 15,

    /// <summary>Slices of data named by indices.</summary>
    Gather = 16,

    /// <summary>Values one behind the other along an axis.</summary>
    Concat = 17,

    /// <summary>Elements at start, start + step, … of each axis.</summary>
    Slice = 18,

    /// <summary>The same elements in another shape.</summary>
    Reshape = 19,

    /// <summary>Axes in another order.</summary>
    Transpose = 20,

    /// <summary>A border of one value around x.</summary>
    Pad = 21,

    /// <summary>Axes of length 1 repeated.</summary>
    Expand = 22,

    /// <summary>clamp(x, lo, hi) in a type that holds it.</summary>
    Clip = 23,

    /// <summary>Sum over axes → I32.</summary>
    ReduceSum = 24,

    /// <summary>Largest element over axes.</summary>
    ReduceMax = 25,

    /// <summary>Index of the largest element along an axis → I32; the first wins.</summary>
    ArgMax = 26,
}
