using System.Text;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>
/// The text of the kernels that do what a tape says: straight-line code, one row a thread, values in registers. A driver compiles it when it loads it.
/// </summary>
internal sealed class TapePtx
{
    /// <summary>Threads of a block.</summary>
    public const int Threads = 128;

    // What the kernels take, in this order.
    private static readonly string[] s_parameters =
    [
        ".u64 p_cells", ".u64 p_uniforms", ".u64 p_factors", ".u64 p_carried", ".u64 p_outputs", ".u32 p_stride", ".u32 p_start", ".u32 p_count", ".u32 p_log_size", ".u32 p_log_step",
        ".u64 p_main", ".u32 p_main_stride", ".u64 p_preprocessed", ".u32 p_preprocessed_stride", ".u64 p_lookup", ".u32 p_lookup_stride",
    ];

    private TapePtx(LoweredTape tape, PtxField field, uint?[] constants, bool isNatural, TapeSegments segments)
    {
        StringBuilder text = new(PtxWriter.Header);
        Kernels = segments.Starts.Count - 1;
        for (int i = 0; i < Kernels; i++)
        {
            PtxWriter writer = new TapeSegment(tape, field, constants, isNatural, segments).Write(i);
            Instructions += writer.Count;
            text.Append(writer.Finish($"{Name}_{i}", s_parameters, Threads));
        }
        Text = text.ToString();
    }

    /// <summary>The kernels' names are this and a number.</summary>
    public const string Name = "generated_tape";

    /// <summary>The text of the module.</summary>
    public string Text { get; }

    /// <summary>How many kernels there are, to be run in order.</summary>
    public int Kernels { get; }

    /// <summary>Instructions of all of them.</summary>
    public int Instructions { get; }

    /// <summary>Writes a tape's kernels.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="field">The field.</param>
    /// <param name="constants">See <see cref="LoweredTape.Constants"/>.</param>
    /// <param name="isNatural">Whether rows are in natural order: <see cref="TapeRows.IsNatural"/>.</param>
    /// <param name="segments">How it is cut.</param>
    public static TapePtx Of(LoweredTape tape, PtxField field, uint?[] constants, bool isNatural, TapeSegments segments) => new(tape, field, constants, isNatural, segments);
}
