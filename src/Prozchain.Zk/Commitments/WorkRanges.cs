namespace Prozchain.Zk.Commitments;

/// <summary>Work cut into pieces that threads may share; what comes out does not depend on the threads.</summary>
internal static class WorkRanges
{
    /// <param name="total">Items.</param>
    /// <param name="piece">Items of a piece.</param>
    /// <param name="threads">Threads, at least one; one means the caller's.</param>
    /// <param name="body">Given the first item and the number of items.</param>
    /// <param name="cancellation">Checked before each piece.</param>
    public static void Run(int total, int piece, int threads, Action<int, int> body, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        int pieces = (total + piece - 1) / piece;
        if (threads > 1 && pieces > 1)
        {
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, One);
            return;
        }
        for (int i = 0; i < pieces; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            One(i);
        }

        void One(int i) => body(i * piece, Math.Min(piece, total - i * piece));
    }
}
