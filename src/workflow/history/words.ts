/** Words for names of runs. Short, easy to say and to spell, and unlike each other. Adding or removing one renames no run that exists. */
export const ADJECTIVES: readonly string[] = words(`
  amber ancient arctic azure bold brave breezy brief bright brisk bronze calm candid carmine cedar cheery chestnut civil clear
  clever cobalt copper coral cosmic crimson crisp curious dapper daring deft diligent dusky eager early easy ebony elegant emerald
  fair fancy fleet floral fond frosty gentle gilded glad golden grand happy hardy hazel honest humble indigo ivory jade jolly keen
  kind lavish lemon light lilac lively lucid lucky lunar maple marble mellow merry mild mint misty modest navy neat nimble noble
  olive opal orange patient pearl placid polar proud quick quiet rapid ruby rustic sage scarlet serene silent silver sleek sober
  solar spry steady sunny swift teal tidy tranquil umber velvet violet vivid warm witty young zesty`);

export const ANIMALS: readonly string[] = words(`
  alpaca ant antelope badger bat beaver bee beetle bison bobcat buffalo bunting camel carp cheetah chough cicada condor coot crab
  crane cricket curlew deer dingo dolphin dove dragonfly duck dunlin eagle egret eland elk emu falcon ferret finch firefly flamingo
  fox frog gannet gazelle gecko gibbon giraffe gnu goose grebe gull hare hawk hedgehog heron hoopoe ibex ibis iguana impala jackdaw
  jaguar jay kestrel kingfisher kiwi koala kudu lapwing lark lemur leopard linnet lion llama lobster lynx magpie manatee marmot
  marten mole moose moth narwhal newt nightjar ocelot octopus okapi oriole oryx osprey otter owl panda parrot pelican penguin
  petrel pheasant pika plover puffin puma quail quokka rabbit raven redstart robin salmon seal sparrow squid stork swallow swan
  tapir tern thrush tiger toucan trout turtle vole wagtail walrus warbler weasel whale wombat wren yak zebra`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
