namespace Prozchain.AI.Engine;

/// <summary>
/// One node, or a few that were fused, over all instances. The work falls into units that may be done in any order by any
/// threads; nothing of an instance depends on another, nor on how many there are.
/// </summary>
internal abstract class Step(IntegerNode node)
{
    /// <summary>The node whose output it writes.</summary>
    public IntegerNode Node { get; } = node;

    /// <summary>Parts of the work.</summary>
    public abstract int Units(int batch);

    /// <summary>Bytes of scratch of each thread.</summary>
    public virtual int ScratchBytes(int maxBatch) => 0;

    /// <summary>Does some of the units.</summary>
    public abstract void Run(RunFrame frame, int first, int count, Span<byte> scratch);

    /// <summary>Goes on with some more of the units on the same thread, whose scratch is as the units before left it.</summary>
    /// <param name="previous">The last unit of this step that the thread has done.</param>
    public virtual void Continue(RunFrame frame, int previous, int first, int count, Span<byte> scratch) => Run(frame, first, count, scratch);
}
