using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>
/// What a trace is made from, and how the processor makes it. Who knows the kind of a source may make the same cells elsewhere, such as
/// on a device, from its inputs alone.
/// </summary>
/// <param name="width">Columns.</param>
/// <param name="height">Rows, a power of two.</param>
internal abstract class TraceSource<TField>(int width, int height) where TField : struct, IField<TField>
{
    public int Width => width;

    public int Height => height;

    /// <summary>Writes every cell of a trace of this shape, whatever is in it.</summary>
    /// <param name="trace">Where to.</param>
    /// <param name="threads">How many may work.</param>
    /// <param name="cancellation">Looked at between pieces of the work.</param>
    public abstract void Fill(Trace<TField> trace, int threads, CancellationToken cancellation);
}
