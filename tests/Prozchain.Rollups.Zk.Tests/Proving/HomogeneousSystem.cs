using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Linear equations that are zero on the right, sparse: which unknowns are zero in every solution.</summary>
internal sealed class HomogeneousSystem
{
    private readonly List<Dictionary<long, F>> _equations = [];
    private readonly HashSet<long> _zero = [];

    /// <summary>Unknowns that are zero, once <see cref="Solve"/> has run those that must be.</summary>
    public IReadOnlySet<long> Zero => _zero;

    /// <summary>Says that an unknown is zero.</summary>
    public void Give(long unknown) => _zero.Add(unknown);

    /// <summary>Adds an equation, unless it says nothing. The terms are not copied.</summary>
    public void Add(Dictionary<long, F> terms)
    {
        if (terms.Count > 0) _equations.Add(terms);
    }

    /// <summary>Adds a multiple of a form to another.</summary>
    public static void AddTo(Dictionary<long, F> sum, Dictionary<long, F> other, F factor)
    {
        foreach ((long unknown, F value) in other)
        {
            F now = sum.GetValueOrDefault(unknown) + factor * value;
            if (now == F.Zero) sum.Remove(unknown);
            else sum[unknown] = now;
        }
    }

    /// <summary>Finds what must be zero.</summary>
    public void Solve()
    {
        Propagate();
        List<(long Unknown, Dictionary<long, F> Equation)> pivots = Eliminate([.. _equations.Select(terms => terms.Where(term => !_zero.Contains(term.Key)).ToDictionary()).Where(terms => terms.Count > 0)]);
        // From the last one back each is a form of unknowns that are free.
        Dictionary<long, Dictionary<long, F>> solved = [];
        for (int i = pivots.Count - 1; i >= 0; i--)
        {
            (long unknown, Dictionary<long, F> equation) = pivots[i];
            F scale = -equation[unknown].Inverse();
            Dictionary<long, F> value = [];
            foreach ((long other, F factor) in equation)
                if (other != unknown) AddTo(value, solved.TryGetValue(other, out Dictionary<long, F>? form) ? form : new() { [other] = F.One }, scale * factor);
            solved[unknown] = value;
            if (value.Count == 0) _zero.Add(unknown);
        }
    }

    /// <summary>An equation with one unknown left says that it is zero.</summary>
    private void Propagate()
    {
        Dictionary<long, List<int>> uses = [];
        var left = new int[_equations.Count];
        Queue<int> ready = new();
        for (int i = 0; i < left.Length; i++)
        {
            foreach (long unknown in _equations[i].Keys)
            {
                if (_zero.Contains(unknown)) continue;
                left[i]++;
                if (!uses.TryGetValue(unknown, out List<int>? list)) uses.Add(unknown, list = []);
                list.Add(i);
            }
            if (left[i] == 1) ready.Enqueue(i);
        }
        while (ready.TryDequeue(out int at))
        {
            foreach (long unknown in _equations[at].Keys)
            {
                if (!_zero.Add(unknown)) continue;
                foreach (int i in uses[unknown])
                    if (--left[i] == 1) ready.Enqueue(i);
            }
        }
    }

    /// <summary>The shortest equation next, by the unknown that is in the fewest others.</summary>
    private static List<(long Unknown, Dictionary<long, F> Equation)> Eliminate(Dictionary<long, F>[] equations)
    {
        Dictionary<long, HashSet<int>> uses = [];
        PriorityQueue<int, int> queue = new();
        for (int i = 0; i < equations.Length; i++)
        {
            foreach (long unknown in equations[i].Keys)
            {
                if (!uses.TryGetValue(unknown, out HashSet<int>? set)) uses.Add(unknown, set = []);
                set.Add(i);
            }
            queue.Enqueue(i, equations[i].Count);
        }
        List<(long, Dictionary<long, F>)> pivots = [];
        while (queue.TryDequeue(out int at, out int size))
        {
            Dictionary<long, F> equation = equations[at];
            // Another entry has the size that it has by now.
            if (equation.Count == 0 || equation.Count != size) continue;
            long pivot = equation.Keys.MinBy(unknown => uses[unknown].Count);
            F inverse = equation[pivot].Inverse();
            foreach (long unknown in equation.Keys) uses[unknown].Remove(at);
            foreach (int other in uses[pivot].ToArray())
            {
                F factor = -(equations[other][pivot] * inverse);
                AddTo(equations[other], equation, factor);
                foreach (long unknown in equation.Keys)
                {
                    if (equations[other].ContainsKey(unknown)) uses[unknown].Add(other);
                    else uses[unknown].Remove(other);
                }
                queue.Enqueue(other, equations[other].Count);
            }
            pivots.Add((pivot, equation));
            equations[at] = [];
        }
        return pivots;
    }
}
