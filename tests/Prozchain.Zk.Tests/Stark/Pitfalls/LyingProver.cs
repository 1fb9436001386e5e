using System.Buffers;
using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transcripts;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Zk.Merkle.ByteMatrixHash<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Keccak256>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>The prover's protocol with a place for every lie. Without one it is honest, and its proof is accepted.</summary>
internal sealed class LyingProver(StarkKey<F> key, Trace<F>[] traces, F[][] publicValues)
{
    private readonly ProofLayout<F> _layout = new(key, [.. traces.Select(trace => (byte)BitOperations.Log2((uint)trace.Height))]);
    private readonly List<CommittedBatch<F, Tree>> _batches = [];
    private readonly Dictionary<int, CommittedBatch<F, Tree>> _honest = [];
    private readonly E[] _terminals = new E[key.Tables.Count];
    private StarkChallenges<E> _challenges;

    /// <summary>The place in a list that is bound, and whose cap the proof is verified with.</summary>
    public GroupPlace? Place { get; init; }

    /// <summary>The digest that shared challenges are drawn from, if it is not the place's.</summary>
    public byte[]? SharedDigest { get; init; }

    /// <summary>The public messages that are bound.</summary>
    public IReadOnlyList<PublicMessage<F>>? Messages { get; init; }

    /// <summary>What is absorbed under this label is not.</summary>
    public string? Forgotten { get; init; }

    /// <summary>The key that is bound in place of the one proven with.</summary>
    public StarkKey<F>? BoundKey { get; init; }

    public byte[]? ClaimedHeights { get; init; }

    public F[][]? BoundPublicValues { get; init; }

    public Action<E[]>? Terminals { get; init; }

    public Action<IReadOnlyList<ColumnSet<F>>>? Preprocessed { get; init; }

    public Action<IReadOnlyList<ColumnSet<F>>>? Quotient { get; init; }

    /// <summary>The message whose columns are committed to on twice their points; all that is claimed of them stays true.</summary>
    public string? Doubled { get; init; }

    /// <summary>The matrix of <see cref="Doubled"/> that has a column of too high a degree, its last; of the quotient, the table. Null for none.</summary>
    public int? DoubledMatrix { get; init; }

    public Func<E, E>? OutOfDomainPoint { get; init; }

    public Action<E[][]>? Opened { get; init; }

    /// <summary>Opens each table's first chunk as the identity demands, whatever was committed.</summary>
    public bool FitsQuotient { get; init; }

    public Func<FriSettings, FriSettings>? Settings { get; init; }

    public Func<int[], int[]>? Folds { get; init; }

    public GrindingBits Grinding { get; init; } = key.Parameters.Grinding;

    /// <summary>Of what hides: the same proof again for the same seed.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the low-degree test starts in the messages.</summary>
    public int LowDegreeOffset { get; private set; }

    public StarkChallenges<E> Challenges => _challenges;

    public ReadOnlySpan<E> LookupSums => _terminals;

    public StarkProof Prove()
    {
        ForgetfulHash.Forget(Forgotten);
        try
        {
            return Run();
        }
        finally
        {
            ForgetfulHash.Forget(null);
        }
    }

    private StarkProof Run()
    {
        using SecretSource? secrets = _layout.ZeroKnowledge ? new(new SeededGenerator(Seed)) : null;
        ArrayBufferWriter<byte> messages = new();
        using ProverTranscript<ForgetfulHash> transcript = new(Place is null ? StarkProtocol.Id : StarkProtocol.GroupId, messages);
        byte[] heights = ClaimedHeights ?? _layout.Heights;
        StarkProtocol.Bind(transcript, BoundKey ?? key, heights, BoundPublicValues ?? publicValues, Place, PublicMessageList<F>.Of(BoundKey ?? key, Messages));
        CommitPreprocessed();
        MainColumns<F> main = new(key, _layout, traces, secrets, false);
        if (Place is not null)
        {
            (_challenges.SharedAlpha, _challenges.SharedBeta) = GroupTranscript.Challenges<F, KoalaBear4>(SharedDigest ?? Place.Digest);
            _batches.Add(new BatchCommitter<F, Tree>(key.Parameters.LogBlowup).Commit(main.Sets(isKept: true, batch: ProofBatch.Early)));
        }
        if (_layout.Batches.Contains(ProofBatch.Main)) Commit(transcript, "main columns", main.Sets(isKept: true), secrets);
        if (_layout.Batches.Contains(ProofBatch.Lookup)) ProveLookups(transcript, main, secrets);
        Work(transcript, "composition work"u8, Grinding.Composition);
        _challenges.Gamma = transcript.Draw<E>("composition"u8);
        List<ColumnSet<F>> chunks = [];
        for (int table = 0; table < key.Tables.Count; table++) AddQuotient(table, secrets, chunks);
        Quotient?.Invoke(chunks);
        Commit(transcript, "quotient", chunks, secrets);
        if (secrets is not null) Commit(transcript, "masks", Masks(secrets), secrets);
        Work(transcript, "out-of-domain work"u8, Grinding.OutOfDomain);
        _challenges.Zeta = StarkProtocol.DrawPoint<F, E>(transcript, StarkProtocol.LogDomain(key, _layout));
        if (OutOfDomainPoint is { } choose) _challenges.Zeta = choose(_challenges.Zeta);
        E[][] values = [.. _layout.Slots.Select(Evaluate)];
        for (int table = 0; FitsQuotient && table < key.Tables.Count; table++) Fit(table, values);
        Opened?.Invoke(values);
        foreach (E[] opened in values) transcript.Send<E>("opened values"u8, opened);
        LowDegreeOffset = messages.WrittenCount;
        FriSettings settings = StarkProtocol.FriSettings(key, _layout) with { Grinding = Grinding };
        FriProver.Prove<F, KoalaBear4, Tree, ForgetfulHash>(
            transcript, Settings?.Invoke(settings) ?? settings, Folds?.Invoke(_layout.FoldSchedule) ?? _layout.FoldSchedule, _batches,
            StarkProtocol.Claims(_layout, _challenges.Zeta, values));
        return new(heights, messages.WrittenSpan.ToArray(), Place);
    }

    private void AddQuotient(int table, SecretSource? secrets, List<ColumnSet<F>> chunks)
    {
        TableQuotient<F, KoalaBear4> quotient = new()
        {
            Tape = key.Tables[table].Tape,
            LogRows = _layout.LogRows[table],
            LogDegree = _layout.LogDegree(table),
            LogChunks = _layout.LogChunks(table),
            Main = default,
            PublicValues = publicValues[key.Tables[table].Place],
            Gamma = _challenges.Gamma,
            Alpha = ChallengesOf(table).Alpha,
            Beta = ChallengesOf(table).Beta,
            Terminal = _terminals[table],
            Masks = secrets is null ? null : ChunkMasks<F>.Draw(_layout.LogRows[table], _layout.LogChunks(table), KoalaBear4.Degree, secrets),
        };
        new QuotientSource<F, KoalaBear4>(
            quotient, Matrix(_layout.FindMain(table, isNext: false)), Matrix(_layout.FindPreprocessed(table, isNext: false)), Matrix(_layout.Find(ProofBatch.Lookup, table, isNext: false)),
            new(key.Parameters.LogBlowup)).Add(chunks);
    }

    private TableChallenges<E> ChallengesOf(int table) => _challenges.Of(key.Tables[table].IsShared, _terminals[table]);

    private ExtendedMatrix<F>? Matrix(int slot)
    {
        if (slot < 0) return null;
        int index = _layout.Slots[slot].Index;
        return (_honest.GetValueOrDefault(index) ?? _batches[index]).Matrices[_layout.Slots[slot].Matrix];
    }

    private void CommitPreprocessed()
    {
        List<ColumnSet<F>> sets = [];
        foreach (StarkTable<F> table in key.Tables)
        {
            if (table.IsShared || table.Preprocessed is not { } columns) continue;
            TraceColumns<F> target = new(columns.Width, BitOperations.Log2((uint)columns.Height), _layout.ZeroKnowledge, key.Parameters.LogBlowup);
            target.Allocate();
            for (int i = 0; i < columns.Width; i++) target.WritePublic(i, columns.Column(i));
            sets.Add(target.ToSet());
        }
        if (sets.Count == 0) return;
        Preprocessed?.Invoke(sets);
        _batches.Add(new BatchCommitter<F, Tree>(key.Parameters.LogBlowup).Commit(sets));
    }

    private void ProveLookups(ProverTranscript<ForgetfulHash> transcript, MainColumns<F> main, SecretSource? secrets)
    {
        if (key.Lookups.HasLookups)
        {
            Work(transcript, "lookup work"u8, Grinding.Lookup);
            _challenges.Alpha = transcript.Draw<E>("lookup alpha"u8);
            _challenges.Beta = transcript.Draw<E>("lookup beta"u8);
        }
        List<ColumnSet<F>> sets = [];
        for (int table = 0; table < key.Tables.Count; table++)
        {
            StarkTable<F> facts = key.Tables[table];
            if (!facts.Lookups.HasAny) continue;
            int rows = 1 << _layout.LogRows[table], width = facts.Lookups.Columns * KoalaBear4.Degree;
            var columns = new F[width * rows];
            Assert.True(LookupColumns.TryGenerate(
                facts.Tape, main.Rows(facts.Place), facts.Preprocessed, publicValues[facts.Place], ChallengesOf(table).Alpha, ChallengesOf(table).Beta, columns, new(width, rows), out _terminals[table]));
            TraceColumns<F> target = new(width, _layout.LogRows[table], _layout.ZeroKnowledge, key.Parameters.LogBlowup);
            target.Allocate();
            for (int i = 0; i < width; i++) target.Write(i, columns.AsSpan(i * rows, rows), secrets);
            sets.Add(target.ToSet());
        }
        Commit(transcript, "lookup columns", sets, secrets);
        Terminals?.Invoke(_terminals);
        for (int table = 0; table < key.Tables.Count; table++)
            if (key.Tables[table].Lookups.HasAny) transcript.Send<E>("lookup sum"u8, _terminals.AsSpan(table, 1));
    }

    private List<ColumnSet<F>> Masks(SecretSource secrets)
    {
        List<ColumnSet<F>> sets = [];
        for (int table = 0; table < key.Count; table++)
        {
            TraceColumns<F> target = new(KoalaBear4.Degree, _layout.LogDegree(table), isHiding: false, key.Parameters.LogBlowup);
            target.Allocate();
            for (int i = 0; i < KoalaBear4.Degree; i++)
                foreach (ref F value in target.Column(i)) value = F.Sample(ref secrets);
            sets.Add(target.ToSet());
        }
        return sets;
    }

    private E[] Evaluate(OpeningSlot slot)
    {
        ExtendedMatrix<F> matrix = _batches[slot.Index].Matrices[slot.Matrix];
        return new PointEvaluator<F, KoalaBear4>(matrix.LogRows, StarkProtocol.Point(_layout, slot, _challenges.Zeta)).Evaluate(matrix);
    }

    // In the identity a first chunk's first coordinate has the factor (zeta^N - 1) · factor: what is missing is put there.
    private void Fit(int table, E[][] values)
    {
        OutOfDomainCheck<F, KoalaBear4> check = new(key, _layout, publicValues, _challenges, _terminals, values);
        StarkTable<F> facts = key.Tables[table];
        E[] Slot(int at, int width) => at >= 0 ? values[at] : new E[width];
        OpenedRow<E> row = new()
        {
            Local = Slot(_layout.FindMain(table, false), facts.Shape.Width),
            Next = Slot(_layout.FindMain(table, true), facts.Shape.Width),
            Preprocessed = Slot(_layout.FindPreprocessed(table, false), facts.Shape.PreprocessedWidth),
            PreprocessedNext = Slot(_layout.FindPreprocessed(table, true), facts.Shape.PreprocessedWidth),
            Lookup = Slot(_layout.Find(ProofBatch.Lookup, table, false), facts.Lookups.Columns * KoalaBear4.Degree),
            LookupNext = Slot(_layout.Find(ProofBatch.Lookup, table, true), facts.Lookups.Columns * KoalaBear4.Degree),
        };
        Assert.True(PointConstraints.TryEvaluate(facts.Air, facts.Lookups, _layout.LogRows[table], _challenges.Zeta, row, publicValues[facts.Place],
            ChallengesOf(table), out E constraints));
        E[] factors = QuotientChunks<F>.Factors(_layout.LogRows[table], _layout.LogChunks(table), _challenges.Zeta);
        E vanishing = FieldMath.Power(_challenges.Zeta, 1UL << _layout.LogRows[table]) - E.One;
        // What is missing, no more: where the identity holds, nothing is changed.
        E missing = constraints * vanishing.Inverse();
        for (int chunk = 0; chunk < factors.Length; chunk++)
            missing -= factors[chunk] * ExtensionTools<F, KoalaBear4>.Recombine(values[_layout.Find(ProofBatch.Quotient, table, isNext: false, chunk)]);
        values[_layout.Find(ProofBatch.Quotient, table, isNext: false)][0] += missing * factors[0].Inverse();
        Assert.True(check.Holds(table));
    }

    private void Commit(ProverTranscript<ForgetfulHash> transcript, string label, List<ColumnSet<F>> sets, SecretSource? secrets)
    {
        int more = label == Doubled ? 1 : 0;
        if (more == 1) {
            List<ColumnSet<F>> stretched = Stretch(label, sets);
            _honest.Add(_batches.Count, new BatchCommitter<F, Tree>(key.Parameters.LogBlowup).Commit(sets));
            sets = stretched;
        }
        BatchCommitter<F, Tree> committer = new(key.Parameters.LogBlowup - more);
        CommittedBatch<F, Tree> batch = secrets is null ? committer.Commit(sets) : committer.CommitSalted(sets, _layout.SaltLength, ref secrets);
        _batches.Add(batch);
        transcript.Send(System.Text.Encoding.ASCII.GetBytes(label), batch.Cap);
    }

    // All on twice the points, so that one tree holds them; of one matrix, the degree is what allows.
    private List<ColumnSet<F>> Stretch(string label, List<ColumnSet<F>> sets)
    {
        if (label != "quotient") return [.. sets.Select((set, i) => i == DoubledMatrix ? StretchedColumns.OfAnotherLast(set) : StretchedColumns.Of(set))];
        if (DoubledMatrix is not { } table) return [.. sets.Select(StretchedColumns.Of)];
        using SecretSource secrets = new(new SeededGenerator(Seed));
        F[][] masks = ChunkMasks<F>.Draw(_layout.LogDegree(table), _layout.LogChunks(table), KoalaBear4.Degree, secrets);
        return [.. _layout.Slots.Where(slot => slot.Batch == ProofBatch.Quotient).Select(slot => slot.Table == table
            ? StretchedColumns.OfMasked(sets[slot.Matrix], 1 << _layout.LogRows[table], masks.AsMemory(slot.Chunk * KoalaBear4.Degree, KoalaBear4.Degree))
            : StretchedColumns.Of(sets[slot.Matrix]))];
    }

    private static void Work(ProverTranscript<ForgetfulHash> transcript, ReadOnlySpan<byte> label, int bits)
    {
        if (bits > 0) transcript.Grind(label, bits);
    }
}
