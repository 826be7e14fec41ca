"""Sentences about suppressions."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "what": Sentence(
        "what is to be held?", fix="name ENV or ENV/INST, choose with --env GLOB or -l k=v, or hold --all"
    ),
    "how-long": Sentence("until when?", fix="--for 2h, or --until 2026-12-01T08:00:00+01:00 (one of them)"),
    "over-already": Sentence("{until} has passed already", fix="give a time in the future"),
    "no-reason": Sentence("say why, for those who find things held", fix="--reason 'payment incident'"),
    "bad-id": Sentence(
        "{id} can't be the name of a suppression",
        fix="--id ID: lower-case letters and digits, also . _ - inside, at most 63 characters",
        rule="R11",
    ),
    "id-taken": Sentence("there is a suppression {id} already", fix="take another name; it can't be edited", rule="D1"),
    "message": Sentence("Suppress {what} until {until}: {reason}"),
    "everything": Sentence("everything"),
    "until": Sentence("Held until {until}: {what}"),
    "next": Sentence("Next: tiangong suppression show {id}; tiangong status shows what is held"),
    "none-holds": Sentence("No suppression holds {target}; tiangong why ENV says what else may."),
    "holds": Sentence("{name} holds it until {until}: {reason} (signed by {signers})"),
    "holds-more": Sentence(
        "nothing was changed: {ids} would end for more than {target}; a suppression ends as a whole",
        fix="to end it for all it holds: tiangong suppression withdraw {ids} --reason WHY; to go on holding the rest, "
        "suspend that first",
        rule="D1",
    ),
    "over-by-now": Sentence("{id} holds nothing any more", fix="tiangong suppression list shows what does"),
    "withdraw-message": Sentence("Withdraw {names}: {reason}"),
    "withdrawn": Sentence("withdrawn"),
    "none": Sentence("No suppression is in force."),
    "over": Sentence("over"),
}
